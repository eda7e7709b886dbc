-- Removes the superseded versions of the touched items; the next statement writes them anew.
DELETE FROM item_versions AS v
USING touched AS t
WHERE v.kind = %(kind)s AND v.content_id = t.content_id
