-- Tells the planner, right after a merge, of a kind that grew by more than a tenth: what reads it next need not wait for autovacuum.
-- A role that does not own the tables needs MAINTAIN (PostgreSQL 17 and newer); without it the statistics come later.
DO $$
DECLARE
  tenfold CONSTANT bigint := 10 * (SELECT m.inserted FROM merges AS m WHERE m.kind = '{kind}' ORDER BY m.merge_id DESC LIMIT 1);
BEGIN
  PERFORM set_config('default_statistics_target', '10', true);  -- as in a merge
  IF (SELECT count(*) FROM (SELECT FROM items WHERE kind = '{kind}' LIMIT tenfold) AS few) < tenfold THEN
    ANALYZE items, sightings;
  END IF;
END
$$
