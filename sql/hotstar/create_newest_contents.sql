-- What is written of the touched items whose newest content is new. The content is staged, or that of a superseded version which came back.
CREATE TEMP VIEW newest_contents AS
SELECT
  n.content_id, n.is_new, n.item_hash, n.page_id, n.position, n.valid_from, n.first_seen_at,
  s.hotstar_id, s.title, s.asset_status, s.end_date_s, s.update_s, s.scope,
  coalesce(s.title ~* any(array(SELECT r.pattern FROM hotstar.test_title_rules AS r)), false) AS is_test,
  coalesce(s.item, (SELECT p.item FROM payloads AS p WHERE p.content_id = n.content_id AND p.item_hash = n.item_hash)) AS item
FROM newest AS n
JOIN staged_items AS s USING (page_id, position)
