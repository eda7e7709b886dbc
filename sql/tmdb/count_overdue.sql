-- How many titles are kept, how many of them have been due for so long and are nobody's or have an answer that no merge took, and the time.
SELECT
  (SELECT count(*) FROM tmdb.titles) AS kept,
  (
    SELECT count(*)
    FROM tmdb.staleness AS s
    WHERE s.is_due AND NOT s.is_leased AND s.stale_since <= s.now - %(due_for)s::interval
  ) + (
    SELECT count(*)
    FROM tmdb.refreshes AS r
    WHERE
      r.page_id IS NOT NULL AND r.answered_at <= tmdb.now() - %(due_for)s::interval
      AND NOT EXISTS (SELECT FROM tmdb.page_merges AS m WHERE m.page_id = r.page_id)
  ) AS overdue,
  ops.now() AS now
