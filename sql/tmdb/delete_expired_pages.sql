-- Removes answers that are older than may be kept, with what lists they held and which merge took them.
WITH removed AS (
  DELETE FROM tmdb.pages AS p
  WHERE
    p.sent_at < tmdb.now() - %(keep)s::interval
    AND NOT EXISTS (SELECT FROM tmdb.contents AS c WHERE c.page_id = p.page_id)
    AND NOT EXISTS (SELECT FROM tmdb.refreshes AS r WHERE r.page_id = p.page_id)
  RETURNING length(p.body) AS bytes
)
SELECT count(*) AS pages, coalesce(sum(bytes), 0) AS bytes FROM removed
