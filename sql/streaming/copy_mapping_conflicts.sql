-- Takes what a file of ids says twice.
COPY streaming.id_mapping_conflicts (conflict, media_type, tmdb_id, watchmode_id, imdb_id, is_kept) FROM STDIN (FORMAT csv)
