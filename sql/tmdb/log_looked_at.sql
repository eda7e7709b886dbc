-- Brings up to date how many titles a run looked at, each once, and how many of these needed nothing: those that its lists named or whose
-- details it asked for, and `fresh` ones that were asked for by id.
WITH listed AS (
  SELECT DISTINCT e.media_type, e.tmdb_id
  FROM tmdb.list_entries AS e
  JOIN tmdb.pages AS p USING (page_id)
  WHERE p.run_id = %(run_id)s
), fetched AS (
  SELECT DISTINCT p.media_type, p.tmdb_id
  FROM tmdb.pages AS p
  WHERE p.run_id = %(run_id)s AND p.endpoint = 'details'
  UNION
  SELECT t.media_type, t.tmdb_id
  FROM tmdb.refreshes AS r
  JOIN tmdb.titles AS t USING (work_id)
  WHERE r.failed_by = %(run_id)s
), counted AS (
  SELECT count(*) AS titles, count(*) FILTER (WHERE f.tmdb_id IS NULL) AS skipped
  FROM listed AS l
  FULL JOIN fetched AS f ON l.media_type = f.media_type AND l.tmdb_id = f.tmdb_id
)
UPDATE tmdb.scheduled_ingestion_log AS g SET
  source = CASE WHEN %(source)s = 'due' THEN g.source ELSE %(source)s END,
  movies_checked = c.titles + %(fresh)s,
  movies_skipped = c.skipped + %(fresh)s
FROM counted AS c
WHERE g.run_id = %(run_id)s
