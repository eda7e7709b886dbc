-- Bodies of pages, still compressed.
SELECT p.page_id, p.body FROM tmdb.pages AS p WHERE p.page_id = ANY(%(page_ids)s)
