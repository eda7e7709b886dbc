-- The pages of which it is written what they list.
SELECT DISTINCT i.page_id FROM {schema}.trending_items AS i ORDER BY i.page_id
