-- Writes the state of new and changed items; whether they are deleted is decided afterwards.
INSERT INTO items (
  kind, content_id, hotstar_id, title, asset_status, end_date_s, update_s,
  item_hash, page_id, position, version_from, first_seen_at, updated_at, is_test
)
SELECT
  %(kind)s, n.content_id, f.id, f.title, f."assetStatus", f."endDate", f."updateDate",
  n.item_hash, n.page_id, n.position, n.valid_from, n.first_seen_at, n.valid_from,
  coalesce(f.title ~* (SELECT string_agg('(?:' || rule.pattern || ')', '|') FROM hotstar.test_title_rules AS rule), false)
FROM newest AS n
JOIN staged_items AS s USING (page_id, position)
CROSS JOIN LATERAL jsonb_to_record(s.item) AS f (id bigint, title text, "assetStatus" text, "endDate" bigint, "updateDate" bigint)
ON CONFLICT (kind, content_id) DO UPDATE SET
  hotstar_id = excluded.hotstar_id,
  title = excluded.title,
  asset_status = excluded.asset_status,
  end_date_s = excluded.end_date_s,
  update_s = excluded.update_s,
  item_hash = excluded.item_hash,
  page_id = excluded.page_id,
  position = excluded.position,
  version_from = excluded.version_from,
  first_seen_at = excluded.first_seen_at,
  updated_at = greatest(excluded.updated_at, items.updated_at),
  is_test = excluded.is_test
