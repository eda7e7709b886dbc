-- Truncates a wide table that is empty and puts its indexes off: where the server's WAL is minimal, what this transaction writes into it
-- then needs none, and an index is built faster than it grows. Who reads the empty table waits until the merge ends.
DO $$
DECLARE
  waits CONSTANT text := current_setting('lock_timeout');
  put_off regclass;
BEGIN
  IF
    current_setting('wal_level') = 'minimal'
    AND has_schema_privilege((SELECT c.relnamespace FROM pg_class AS c WHERE c.oid = '{table}'::regclass), 'CREATE')
    AND NOT EXISTS (SELECT FROM {table})
  THEN
    PERFORM set_config('lock_timeout', '1s', true);
    TRUNCATE {table};
    PERFORM set_config('lock_timeout', waits, true);
    CREATE TEMP TABLE IF NOT EXISTS put_off_indexes (definition text) ON COMMIT DROP;
    FOR put_off IN
      SELECT i.indexrelid
      FROM pg_index AS i
      WHERE i.indrelid = '{table}'::regclass AND NOT EXISTS (SELECT FROM pg_constraint AS c WHERE c.conindid = i.indexrelid)
    LOOP
      INSERT INTO put_off_indexes VALUES (pg_get_indexdef(put_off));
      EXECUTE format('DROP INDEX %s', put_off);
    END LOOP;
  END IF;
EXCEPTION WHEN lock_not_available OR insufficient_privilege THEN
  NULL;  -- somebody reads it for long, such as a backup, or the role may only write: it is written like any other
END
$$
