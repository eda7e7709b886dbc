-- Takes the answers.
COPY told_answers (media_type, tmdb_id, region, page_id, fetched_at) FROM STDIN
