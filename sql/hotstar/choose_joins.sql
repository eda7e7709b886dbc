-- Joins what is more than a tenth of its kind by hashing, whatever the statistics say: of a kind that they do not know yet the planner
-- expects one row where there are hundreds of thousands, and would compare each with each. Holds until it is said again or the merge ends.
SELECT set_config(
  'enable_nestloop',
  CASE
    WHEN (SELECT count(*) FROM (SELECT FROM items WHERE kind = %(kind)s ORDER BY content_id LIMIT 10 * %(rows)s::bigint) AS few) < 10 * %(rows)s::bigint
      THEN 'off'
    ELSE 'on'
  END,
  true
)
