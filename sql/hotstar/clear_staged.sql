-- Removes what was staged of these pages: the tables hold it now.
DELETE FROM staged_items WHERE page_id = ANY(%(page_ids)s)
