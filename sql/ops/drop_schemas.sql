-- Drops every schema but PostgreSQL's own and public, with all that is in them, before a copy takes their place.
DO $$
DECLARE
  doomed text;
BEGIN
  SET LOCAL client_min_messages = warning;
  SET LOCAL lock_timeout = '30s';  -- somebody reads on: the restore is refused rather than waiting for ever
  FOR doomed IN
    SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname NOT IN ('public', 'information_schema')
  LOOP
    EXECUTE format('DROP SCHEMA %I CASCADE', doomed);
  END LOOP;
END
$$;
