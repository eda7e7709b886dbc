-- Notes up to when the feed of changes told of a change; of titles that are kept, for TMDB is not mirrored.
UPDATE tmdb.refreshes AS r SET changed_at = greatest(r.changed_at, %(changed_at)s)
FROM tmdb.titles AS t
WHERE r.work_id = t.work_id AND t.media_type = %(media_type)s AND t.tmdb_id = any(%(tmdb_ids)s)
