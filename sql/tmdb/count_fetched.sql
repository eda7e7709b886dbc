-- How many titles a run has asked for so far and stored an answer of.
SELECT count(DISTINCT p.media_type || p.tmdb_id) FROM tmdb.pages AS p WHERE p.run_id = %(run_id)s AND p.endpoint = 'details'
