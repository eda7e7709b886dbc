-- Reads how a kind fares: when its newest run began, how the newest poll and the newest census that ended did, when the newest
-- complete census began, and how many deletions wait for an approval. Always one row.
SELECT
  ops.now() AS now,
  (SELECT max(l.started_at) FROM hotstar_sync_log AS l WHERE l.kind = %(kind)s) AS newest_sync_at,
  poll.status AS poll_status,
  poll.started_at AS poll_at,
  poll.message AS poll_message,
  census.status AS census_status,
  census.started_at AS census_at,
  census.message AS census_message,
  (SELECT c.started_at FROM newest_censuses AS c WHERE c.kind = %(kind)s) AS complete_census_at,
  (SELECT count(*) FROM withheld_deletions AS w WHERE w.kind = %(kind)s) AS withheld
FROM (SELECT) AS one
LEFT JOIN LATERAL (
  SELECT l.status, l.started_at, l.errors -> -1 ->> 'message' AS message
  FROM hotstar_sync_log AS l
  WHERE l.kind = %(kind)s AND l.sync_type IN ('incremental', 'daily') AND l.status <> 'running'
  ORDER BY l.started_at DESC, l.id DESC
  LIMIT 1
) AS poll ON true
LEFT JOIN LATERAL (
  SELECT l.status, l.started_at, l.errors -> -1 ->> 'message' AS message
  FROM hotstar_sync_log AS l
  WHERE l.kind = %(kind)s AND l.sync_type IN ('initial', 'census', 'round') AND l.status <> 'running'
  ORDER BY l.started_at DESC, l.id DESC
  LIMIT 1
) AS census ON true
