-- Forgets pages that are older than may be kept where a title's state still names them: an answer that no merge took.
UPDATE tmdb.refreshes AS r SET
  answered_at = NULL, page_id = NULL, etag = NULL, missing_blocks = '{}', incomplete = 0, dropped_at = tmdb.now()
FROM tmdb.pages AS p
WHERE r.page_id = p.page_id AND p.sent_at < tmdb.now() - %(keep)s::interval
