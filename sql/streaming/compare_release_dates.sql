-- Rows in which the history of announced days and its copy from before a replay differ: how many, and the first of them.
SELECT count(*) OVER () AS number, to_jsonb(p) AS present, to_jsonb(m) AS made
FROM present_release_dates AS p
FULL JOIN streaming.release_dates AS m
  ON
    (p.watchmode_id, p.source_id, coalesce(p.season_number, -1), p.announced_at)
    = (m.watchmode_id, m.source_id, coalesce(m.season_number, -1), m.announced_at)
WHERE to_jsonb(p) IS DISTINCT FROM to_jsonb(m)
ORDER BY coalesce(p.watchmode_id, m.watchmode_id), coalesce(p.source_id, m.source_id), coalesce(p.announced_at, m.announced_at)
LIMIT %(shown)s
