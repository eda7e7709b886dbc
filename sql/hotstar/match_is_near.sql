-- Whether a match on offer starts within the next hour or started within the last six.
SELECT count(*) > 0
FROM sports AS w
JOIN items AS i ON w.content_id = i.content_id AND i.kind = 'match' AND NOT i.is_deleted
WHERE w.start_date BETWEEN extract(EPOCH FROM ops.now()) - 6 * 3600 AND extract(EPOCH FROM ops.now()) + 3600
