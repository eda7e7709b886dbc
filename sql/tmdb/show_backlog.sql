-- What is to be fetched, as the UI shows it: ages in hours.
SELECT
  b.media_type, b.priority, b.status, b.retry_count, b.titles,
  round(extract(EPOCH FROM b.oldest) / 3600, 1)::float8 AS oldest_h,
  b.next_try_at::text AS next_try_at, b.top_error
FROM tmdb.queue_backlog AS b
ORDER BY b.priority DESC, b.status ASC, b.retry_count ASC, b.media_type ASC
LIMIT 50
