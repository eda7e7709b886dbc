-- The pages that an hour's snapshots rest on at an instant, where it is not written yet what they list.
SELECT p.page_id, p.media_type, p.body
FROM {schema}.trending_pages(streaming.trending_instant(%(hour)s, %(made_at)s)) AS used
JOIN {schema}.pages AS p ON used.page_id = p.page_id
WHERE NOT EXISTS (SELECT FROM {schema}.trending_items AS i WHERE i.page_id = p.page_id)
ORDER BY p.page_id
