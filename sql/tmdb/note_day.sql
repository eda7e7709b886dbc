-- Notes that a day's feed of changes was read to its end.
INSERT INTO tmdb.changed_days (media_type, day, read_at, ids) VALUES (%(media_type)s, %(day)s, %(read_at)s, %(ids)s)
ON CONFLICT (media_type, day) DO UPDATE SET read_at = greatest(changed_days.read_at, excluded.read_at), ids = excluded.ids
