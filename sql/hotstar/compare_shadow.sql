-- Rows that stand in only one of a table and its replay, every column but surrogate keys compared, as {only_in, key, row}.
WITH present AS (
  SELECT to_jsonb(t) - %(surrogates)s::text[] AS row FROM hotstar.{table} AS t WHERE {of_kind}
), replayed AS (
  SELECT to_jsonb(t) - %(surrogates)s::text[] AS row FROM {shadow}.{table} AS t
), lost AS (
  SELECT row FROM present
  EXCEPT ALL
  SELECT row FROM replayed
), made AS (
  SELECT row FROM replayed
  EXCEPT ALL
  SELECT row FROM present
)
SELECT 'present' AS only_in, row FROM lost
UNION ALL
SELECT 'replayed', row FROM made
