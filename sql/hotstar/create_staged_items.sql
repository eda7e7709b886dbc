-- Where the contents of new and changed items wait for the statements of one merge; uncompressed, since they are read soon.
CREATE TEMP TABLE staged_items (
  page_id bigint,
  position integer,
  content_id text,
  item_hash uuid,
  item jsonb
) WITH (toast_tuple_target = 8160) ON COMMIT DROP
