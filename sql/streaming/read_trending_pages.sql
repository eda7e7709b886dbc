-- The bodies of some pages.
SELECT p.page_id, p.media_type, p.body
FROM {schema}.pages AS p
WHERE p.page_id = any(%(page_ids)s)
ORDER BY p.page_id
