-- Writes the state of new and changed items; whether they are deleted is decided afterwards.
INSERT INTO items (
  kind, content_id, hotstar_id, title, asset_status, end_date_s, update_s, scope,
  item_hash, page_id, position, version_from, first_seen_at, updated_at, is_test
)
SELECT
  %(kind)s, n.content_id, f.id, named.title, f."assetStatus", f."endDate", f."updateDate",
  coalesce(s.item ->> %(scope_field)s::text, ''),
  n.item_hash, n.page_id, n.position, n.valid_from, n.first_seen_at, n.valid_from,
  coalesce(named.title ~* (SELECT hotstar.test_title_pattern()), false)
FROM newest AS n
JOIN staged_items AS s USING (page_id, position)
CROSS JOIN LATERAL jsonb_to_record(s.item) AS f (id bigint, "assetStatus" text, "endDate" bigint, "updateDate" bigint)
CROSS JOIN LATERAL (SELECT s.item ->> %(title_field)s::text AS title) AS named
ON CONFLICT (kind, content_id) DO UPDATE SET
  hotstar_id = excluded.hotstar_id,
  title = excluded.title,
  asset_status = excluded.asset_status,
  end_date_s = excluded.end_date_s,
  update_s = excluded.update_s,
  scope = excluded.scope,
  item_hash = excluded.item_hash,
  page_id = excluded.page_id,
  position = excluded.position,
  version_from = excluded.version_from,
  first_seen_at = excluded.first_seen_at,
  updated_at = greatest(excluded.updated_at, items.updated_at),
  is_test = excluded.is_test
