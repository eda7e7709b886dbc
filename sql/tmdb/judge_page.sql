-- Notes of a page what the present release finds of it.
UPDATE tmdb.pages SET blocks = %(blocks)s, problem = %(problem)s WHERE page_id = %(page_id)s
