-- Builds the indexes that a first write put off.
DO $$
DECLARE
  put_off text;
BEGIN
  IF to_regclass('pg_temp.put_off_indexes') IS NOT NULL THEN
    FOR put_off IN SELECT definition FROM put_off_indexes LOOP
      EXECUTE put_off;
    END LOOP;
    DROP TABLE put_off_indexes;
  END IF;
END
$$
