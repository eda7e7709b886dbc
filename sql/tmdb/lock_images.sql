-- One at a time changes the image store; who comes second waits. The lock goes with the connection.
SELECT pg_advisory_lock(hashtext('tmdb.images'), 0)
