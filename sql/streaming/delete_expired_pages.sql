-- Removes a service's answers past keeping, all of them where no time is given, with what goes with its page; returns how many, of how many
-- bytes, and how many of them coming soon was made from. A page that a snapshot rests on waits for it.
WITH removed AS (
  DELETE FROM streaming.pages AS p
  WHERE
    p.service = %(service)s
    AND coalesce(p.sent_at < ops.now() - %(keep)s::interval, true)
    AND NOT EXISTS (SELECT FROM streaming.trending_snapshots AS s WHERE s.page_id = p.page_id)
    AND NOT EXISTS (SELECT FROM trakt.trending_snapshots AS s WHERE s.tmdb_page_id = p.page_id)
  RETURNING p.endpoint, length(p.body) AS bytes
)
SELECT count(*) AS pages, coalesce(sum(bytes), 0) AS bytes, count(*) FILTER (WHERE endpoint IN ('upcoming', 'releases')) AS of_coming_soon
FROM removed
