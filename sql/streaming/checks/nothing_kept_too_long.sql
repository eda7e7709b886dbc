-- What the terms of sources forbid, by retention_rules.
SELECT
  k.table_name || ': ' || k.overdue || ' rows of ' || k.source || ' older than ' || extract(DAY FROM k.kept_for)
  || ' days, the oldest of ' || coalesce((k.oldest AT TIME ZONE 'UTC')::date::text, 'an unknown day') AS offender
FROM streaming.kept() AS k
WHERE k.overdue > 0
ORDER BY k.table_name, k.source
