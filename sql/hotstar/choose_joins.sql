-- Joins by hashing where rows to be joined, or the items new in this merge, are more than a tenth of the kind, whatever the statistics say:
-- of a kind that they do not know yet the planner expects one row where there are hundreds of thousands, and would compare each with each.
-- Holds until it is said again or the merge ends.
SELECT set_config('enable_nestloop', CASE WHEN few.items < 10 * compared.rows THEN 'off' ELSE 'on' END, true)
FROM (
  SELECT greatest(%(rows)s::bigint, (SELECT count(*) FROM before_merge WHERE known_hash IS NULL)) AS rows
) AS compared, LATERAL (
  SELECT count(*) AS items
  FROM (SELECT FROM items WHERE kind = %(kind)s ORDER BY content_id LIMIT 10 * compared.rows) AS of_kind
) AS few
