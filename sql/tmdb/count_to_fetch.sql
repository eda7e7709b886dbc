-- How many titles a run has to fetch: those that it has an answer of, and those that are due (of these ids, if any are named).
SELECT
  (SELECT count(DISTINCT p.media_type || p.tmdb_id) FROM tmdb.pages AS p WHERE p.run_id = %(run_id)s AND p.endpoint = 'details')
  + (
    SELECT count(*)
    FROM tmdb.staleness AS s
    WHERE
      s.is_due AND (NOT s.is_leased OR s.leased_by = %(run_id)s)
      AND (
        coalesce(%(tmdb_ids)s::bigint[], %(series_ids)s::bigint[]) IS NULL
        OR s.tmdb_id = any(CASE s.media_type WHEN 'movie' THEN %(tmdb_ids)s::bigint[] ELSE %(series_ids)s::bigint[] END)
      )
  ) AS number
