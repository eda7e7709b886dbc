-- How many titles are kept, how many of them have been due for so long and are nobody's, and the time.
SELECT
  (SELECT count(*) FROM tmdb.titles) AS kept,
  (
    SELECT count(*)
    FROM tmdb.staleness AS s
    WHERE s.is_due AND NOT s.is_leased AND s.stale_since <= s.now - %(due_for)s::interval
  ) AS overdue,
  ops.now() AS now
