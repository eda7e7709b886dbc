-- The readable pages of a part, older readings first.
SELECT reading, descending, page_offset, body
FROM pages
WHERE part_id = %(part_id)s AND readable
ORDER BY reading, page_id
