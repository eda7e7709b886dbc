-- Forgets which answer is known of a work: a newer one is stored, and its further seasons are not there yet.
UPDATE tmdb.refreshes SET etag = NULL WHERE work_id = %(work_id)s
