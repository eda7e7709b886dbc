-- Rows in which coming soon and its copy from before a replay differ: how many, and the first of them. Titles of which TMDB told something
-- since that merge are left out: it read what they were then.
WITH changed AS (
  SELECT t.media_type, t.tmdb_id
  FROM tmdb.titles AS t
  WHERE
    EXISTS (SELECT FROM tmdb.refreshes AS f WHERE f.work_id = t.work_id AND f.asked_at > %(made_at)s)
    OR EXISTS (
      SELECT FROM tmdb.contents AS c
      JOIN tmdb.page_merges AS p USING (page_id)
      WHERE c.work_id = t.work_id AND p.merge_id IN (SELECT later.merge_id FROM tmdb.merges AS later WHERE later.merged_at > %(made_at)s)
    )
)
SELECT count(*) OVER () AS number, to_jsonb(p) AS present, to_jsonb(m) AS made
FROM present_coming_soon AS p
FULL JOIN streaming.coming_soon AS m USING (media_type, tmdb_id, region)
WHERE
  to_jsonb(p) IS DISTINCT FROM to_jsonb(m)
  AND NOT EXISTS (SELECT FROM changed AS c WHERE (c.media_type, c.tmdb_id) = (coalesce(p.media_type, m.media_type), coalesce(p.tmdb_id, m.tmdb_id)))
ORDER BY media_type, tmdb_id, region
LIMIT %(shown)s
