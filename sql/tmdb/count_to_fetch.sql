-- How many films a run has to fetch: those that it has an answer of, and those that are due (of these ids, if any are named).
SELECT
  (SELECT count(*) FROM tmdb.pages AS p WHERE p.run_id = %(run_id)s AND p.endpoint = 'details')
  + (
    SELECT count(*)
    FROM tmdb.staleness AS s
    WHERE
      s.is_due AND s.media_type = 'movie' AND (NOT s.is_leased OR s.leased_by = %(run_id)s)
      AND (%(tmdb_ids)s::bigint[] IS NULL OR s.tmdb_id = any(%(tmdb_ids)s))
  ) AS number
