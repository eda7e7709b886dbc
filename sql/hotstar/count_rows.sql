-- How many items of a kind there are, and in which state.
SELECT
  count(*) AS rows,
  count(*) FILTER (WHERE NOT is_deleted) AS active,
  count(*) FILTER (WHERE deletion_reason = 'missing') AS missing,
  count(*) FILTER (WHERE deletion_reason = 'unpublished') AS unpublished,
  count(*) FILTER (WHERE deletion_reason = 'expired') AS expired,
  count(*) FILTER (WHERE is_test) AS test_entries
FROM items
WHERE kind = %(kind)s
