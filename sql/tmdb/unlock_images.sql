-- Gives the image store free: the connection goes back to a pool.
SELECT pg_advisory_unlock(hashtext('tmdb.images'), 0)
