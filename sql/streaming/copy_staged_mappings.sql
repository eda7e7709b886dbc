-- Takes the rows of a file of ids.
COPY staged_mappings (media_type, tmdb_id, watchmode_id, imdb_id, title, year) FROM STDIN (FORMAT csv)
