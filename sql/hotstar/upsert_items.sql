-- Writes the state of new and changed items. Whether they are deleted is decided afterwards; a new one is written as that will most
-- likely be, which spares half of them an update.
MERGE INTO items AS i
USING (
  SELECT
    n.content_id, n.item_hash, n.page_id, n.position, n.valid_from, n.first_seen_at,
    s.hotstar_id, s.title, s.asset_status, s.end_date_s, s.update_s, s.scope,
    coalesce(s.title ~* any(array(SELECT r.pattern FROM hotstar.test_title_rules AS r)), false) AS is_test,
    CASE WHEN s.asset_status = 'UNPUBLISHED' THEN n.first_seen_at END AS unpublished_at,
    CASE
      WHEN s.end_date_s > 0 AND s.end_date_s <= extract(EPOCH FROM %(merged_at)s::timestamptz)
        THEN greatest(to_timestamp(s.end_date_s), n.first_seen_at)
    END AS expired_at
  FROM newest AS n
  JOIN staged_items AS s USING (page_id, position)
) AS new
ON i.kind = %(kind)s AND i.content_id = new.content_id
WHEN MATCHED THEN UPDATE SET
  hotstar_id = new.hotstar_id,
  title = new.title,
  asset_status = new.asset_status,
  end_date_s = new.end_date_s,
  update_s = new.update_s,
  scope = new.scope,
  item_hash = new.item_hash,
  page_id = new.page_id,
  position = new.position,
  version_from = new.valid_from,
  first_seen_at = new.first_seen_at,
  updated_at = greatest(new.valid_from, i.updated_at),
  is_test = new.is_test
WHEN NOT MATCHED THEN INSERT (
  kind, content_id, hotstar_id, title, asset_status, end_date_s, update_s, scope,
  item_hash, page_id, position, version_from, first_seen_at, updated_at, is_test,
  is_deleted, deletion_reason, deleted_at
) VALUES (
  %(kind)s, new.content_id, new.hotstar_id, new.title, new.asset_status, new.end_date_s, new.update_s, new.scope,
  new.item_hash, new.page_id, new.position, new.valid_from, new.first_seen_at, new.valid_from, new.is_test,
  new.unpublished_at IS NOT NULL OR new.expired_at IS NOT NULL,
  CASE WHEN new.unpublished_at IS NOT NULL THEN 'unpublished' WHEN new.expired_at IS NOT NULL THEN 'expired' END,
  least(new.unpublished_at, new.expired_at)
)
