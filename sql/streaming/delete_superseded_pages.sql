-- Removes answers that a newer one of the same took the place of a while ago, where nothing rests on them: no snapshot, no offer, no provider
-- or region, and not what is coming soon. Watchmode's releases are never superseded: together they are the history of its dates.
WITH removed AS (
  DELETE FROM streaming.pages AS p
  WHERE
    p.sent_at < ops.now() - %(keep)s::interval
    AND p.problem IS NULL AND p.status IN (200, 304, 404) AND p.endpoint <> 'releases'
    AND EXISTS (
      SELECT FROM streaming.pages AS n
      WHERE
        n.cache_key = p.cache_key AND n.problem IS NULL AND (n.sent_at, n.page_id) > (p.sent_at, p.page_id)
        AND (n.status IN (200, 404) OR (n.status = 304 AND p.status = 304))
    )
    AND NOT EXISTS (SELECT FROM streaming.trending_snapshots AS s WHERE s.page_id = p.page_id)
    AND NOT EXISTS (SELECT FROM trakt.trending_snapshots AS s WHERE s.tmdb_page_id = p.page_id)
    AND NOT EXISTS (SELECT FROM streaming.watchmode_answers AS a WHERE a.page_id = p.page_id)
    AND NOT EXISTS (SELECT FROM streaming.provider_ids AS i WHERE i.page_id = p.page_id)
    AND NOT EXISTS (SELECT FROM streaming.regions AS r WHERE r.page_id = p.page_id)
    AND p.page_id <> all(coalesce((SELECT m.page_ids FROM streaming.coming_soon_merges AS m ORDER BY m.merge_id DESC LIMIT 1), '{}'))
  RETURNING length(p.body) AS bytes
)
SELECT count(*) AS pages, coalesce(sum(bytes), 0) AS bytes FROM removed
