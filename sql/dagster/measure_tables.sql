-- How large Dagster's database is in bytes, and how many events it holds by the planner's estimate. Changes nothing.
SELECT
  pg_database_size(current_database()) AS bytes,
  (SELECT greatest(c.reltuples, 0)::bigint FROM pg_class AS c WHERE c.oid = 'event_logs'::regclass) AS events
