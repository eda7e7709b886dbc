-- Of contents on a page those that are their item's newest known one: they need not be stored again.
SELECT i.content_id
FROM unnest(%(content_ids)s::text[], %(item_hashes)s::uuid[]) AS given (content_id, item_hash)
JOIN items AS i ON given.content_id = i.content_id AND given.item_hash = i.item_hash AND i.kind = %(kind)s
