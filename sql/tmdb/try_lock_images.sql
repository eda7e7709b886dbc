-- Whether nobody changes the image store; then nobody does until the transaction ends.
SELECT pg_try_advisory_xact_lock(hashtext('tmdb.images'), 0)
