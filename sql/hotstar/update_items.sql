-- Writes the state of changed items. Whether they are deleted is decided afterwards.
UPDATE items AS i SET
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
  updated_at = greatest(new.valid_from, (
    SELECT max(e.at) FROM deletion_events AS e WHERE e.kind = i.kind AND e.content_id = i.content_id AND e.event <> 'changed'
  )),
  is_test = new.is_test
FROM newest_contents AS new
WHERE i.kind = %(kind)s AND i.content_id = new.content_id AND NOT new.is_new
