-- What a merge takes from a page is staged when the page is stored.

CREATE UNLOGGED TABLE hotstar.staged_items (
  page_id bigint NOT NULL,
  position integer NOT NULL,
  content_id text,
  item_hash uuid,
  hotstar_id bigint,
  title text,
  asset_status text,
  end_date_s bigint,
  update_s bigint,
  scope text NOT NULL,
  item jsonb,
  reason text,
  body bytea,
  judged_by text NOT NULL,
  PRIMARY KEY (page_id, position)
) WITH (toast_tuple_target = 8160);  -- compressing an item took longer than writing it
COMMENT ON TABLE hotstar.staged_items IS 'The judged items of pages that no merge has taken yet. A cache of hotstar.pages: a merge stages what is not here, and empties it.';
COMMENT ON COLUMN hotstar.staged_items.position IS 'Place on the page, from 0; -1: the rest of a page that breaks off';
COMMENT ON COLUMN hotstar.staged_items.content_id IS 'Null: no readable id';
COMMENT ON COLUMN hotstar.staged_items.item_hash IS 'Hash of the item''s content, keys sorted; null: rejected';
COMMENT ON COLUMN hotstar.staged_items.item IS 'The item as it came; null: rejected, or already the newest known content of its id, which items or item_versions hold';
COMMENT ON COLUMN hotstar.staged_items.reason IS 'Why the item cannot stand in the tables; null: it can';
COMMENT ON COLUMN hotstar.staged_items.judged_by IS 'Stands for the code that judged it: a merge by another release stages the page anew';
COMMENT ON COLUMN hotstar.staged_items.body IS 'A rejected item''s bytes as they came';

DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'catalog_hotstar') THEN
    GRANT SELECT, INSERT, UPDATE, DELETE ON hotstar.staged_items TO catalog_hotstar;
  END IF;
END
$$;
