-- Writes the state of new items, in the order of the index. Whether they are deleted is decided afterwards; they are written as that will
-- most likely be, which spares half of them an update.
INSERT INTO items (
  kind, content_id, hotstar_id, title, asset_status, end_date_s, update_s, scope,
  item_hash, page_id, position, version_from, first_seen_at, updated_at, is_test,
  is_deleted, deletion_reason, deleted_at
)
SELECT
  %(kind)s, new.content_id, new.hotstar_id, new.title, new.asset_status, new.end_date_s, new.update_s, new.scope,
  new.item_hash, new.page_id, new.position, new.valid_from, new.first_seen_at, new.valid_from, new.is_test,
  new.unpublished_at IS NOT NULL OR new.expired_at IS NOT NULL,
  CASE WHEN new.unpublished_at IS NOT NULL THEN 'unpublished' WHEN new.expired_at IS NOT NULL THEN 'expired' END,
  least(new.unpublished_at, new.expired_at)
FROM (
  SELECT
    *,
    CASE WHEN asset_status = 'UNPUBLISHED' THEN first_seen_at END AS unpublished_at,
    CASE
      WHEN end_date_s > 0 AND end_date_s <= extract(EPOCH FROM %(merged_at)s::timestamptz)
        THEN greatest(to_timestamp(end_date_s), first_seen_at)
    END AS expired_at
  FROM newest_contents
  WHERE is_new
) AS new
ORDER BY new.content_id
