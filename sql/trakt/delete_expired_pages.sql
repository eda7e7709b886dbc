-- Removes Trakt's answers past keeping; a page that a snapshot rests on waits for it.
WITH removed AS (
  DELETE FROM trakt.pages AS p
  WHERE
    p.sent_at < ops.now() - %(keep)s::interval
    AND NOT EXISTS (SELECT FROM trakt.trending_snapshots AS s WHERE s.page_id = p.page_id)
  RETURNING length(p.body) AS bytes
)
SELECT count(*) AS pages, coalesce(sum(bytes), 0) AS bytes FROM removed
