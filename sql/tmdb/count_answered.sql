-- How many of these works were answered since a time, how many somebody is at, and how many are still due.
SELECT
  count(*) FILTER (WHERE s.asked_at >= %(since)s) AS answered,
  count(*) FILTER (WHERE s.is_leased) AS leased,
  count(*) FILTER (WHERE s.is_stale) AS due
FROM tmdb.staleness AS s
WHERE s.work_id = any(%(work_ids)s)
