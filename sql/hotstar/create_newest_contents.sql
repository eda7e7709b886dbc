-- The contents of the touched items whose newest content is new: staged, or that of a superseded version which came back.
CREATE TEMP VIEW newest_contents AS
SELECT
  n.content_id,
  coalesce(s.item, (SELECT p.item FROM payloads AS p WHERE p.content_id = n.content_id AND p.item_hash = n.item_hash)) AS item
FROM newest AS n
JOIN staged_items AS s USING (page_id, position)
