-- Answers of the last 30 days that could not be used.
SELECT r.endpoint || ' ' || coalesce(r.media_type || ' ' || r.tmdb_id, '') || ', page ' || r.page_id || ': ' || r.reason AS offender
FROM tmdb.rejected_items AS r
WHERE r.sent_at > ops.now() - interval '30 days'
ORDER BY r.page_id DESC
