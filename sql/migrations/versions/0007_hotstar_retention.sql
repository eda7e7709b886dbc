-- Pages are kept by a policy: one that is past it, and on which nothing rests, loses its body. Its row stays, with its request, its
-- times and its hash, and so do its sightings: a replay repeats every merge.

CREATE TABLE hotstar.removals (
  removal_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind text NOT NULL,
  run_id text NOT NULL,
  removed_at timestamptz NOT NULL,
  keep_update_days integer NOT NULL CHECK (keep_update_days > 0),
  keep_censuses integer NOT NULL CHECK (keep_censuses > 0),
  pages integer NOT NULL DEFAULT 0,
  bytes bigint NOT NULL DEFAULT 0
);
COMMENT ON TABLE hotstar.removals IS 'What retention removed: one row a run and kind, with the policy of then. A run that found nothing has none.';
COMMENT ON COLUMN hotstar.removals.kind IS 'Whose pages';
COMMENT ON COLUMN hotstar.removals.run_id IS 'The Dagster run';
COMMENT ON COLUMN hotstar.removals.removed_at IS 'The instant that it decided by';
COMMENT ON COLUMN hotstar.removals.keep_update_days IS 'Pages of update listings sent within so many days before that instant were kept';
COMMENT ON COLUMN hotstar.removals.keep_censuses IS 'Pages sent since so many of the newest complete censuses began were kept; of a kind that is listed in rounds, of each item that it is listed by';
COMMENT ON COLUMN hotstar.removals.pages IS 'Bodies removed';
COMMENT ON COLUMN hotstar.removals.bytes IS 'Bytes of them as they were stored, compressed';

ALTER TABLE hotstar.pages
  ADD COLUMN removal_id bigint REFERENCES hotstar.removals,
  ALTER COLUMN body DROP NOT NULL,
  ADD CONSTRAINT pages_body_check CHECK ((body IS NULL) = (removal_id IS NOT NULL));
COMMENT ON TABLE hotstar.pages IS 'Every answer as it came: the record from which all other tables of this schema are made. Append-only but for bodies that retention removed.';
COMMENT ON COLUMN hotstar.pages.body IS 'The answer''s body, byte for byte, zstd-compressed; null: removed by retention, nothing began on the page';
COMMENT ON COLUMN hotstar.pages.removal_id IS 'What removed the body; null: it is there';

DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'catalog_hotstar') THEN
    GRANT SELECT, INSERT, UPDATE, DELETE ON hotstar.removals TO catalog_hotstar;
    GRANT USAGE ON ALL SEQUENCES IN SCHEMA hotstar TO catalog_hotstar;
  END IF;
END
$$;
