-- Tells the planner, after each batch, of a kind that grows by more than a tenth: statistics that do not know the kind yet make it expect
-- one row where there are hundreds of thousands, and compare each with each. Another kind's merge that does the same waits for this one;
-- a role that does not own the tables needs MAINTAIN (PostgreSQL 17 and newer).
DO $$
BEGIN
  IF
    EXISTS (SELECT FROM before_merge WHERE known_hash IS NULL)
    AND (SELECT count(*) * 10 FROM before_merge WHERE known_hash IS NULL) > (SELECT count(*) FROM items WHERE kind = '{kind}')
  THEN
    PERFORM pg_advisory_xact_lock(hashtext('hotstar.analyze'));
    ANALYZE before_merge, items, sightings;
  END IF;
END
$$
