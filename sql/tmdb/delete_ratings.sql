-- Removes ratings that the newest answer does not give any more.
DELETE FROM tmdb.rating_sources AS r
USING documents AS d
WHERE r.work_id = d.work_id AND r.source_name = 'tmdb' AND d.is_changed AND coalesce(jsonb_typeof(d.rating), 'null') <> 'object'
