-- Deletes some of the attempts to call services that are older than a time, the oldest first.
DELETE FROM ops.api_calls AS c
WHERE c.call_id IN (
  SELECT o.call_id
  FROM ops.api_calls AS o
  WHERE o.sent_at < %(before)s
  ORDER BY o.sent_at
  LIMIT %(most)s
)
