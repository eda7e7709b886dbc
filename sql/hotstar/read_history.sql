-- The life of one item in order of time: its versions with what changed, and the steps of its deletion. Changes nothing.
SELECT life.at, life.event, life.until, life.changed, life.reason, life.since
FROM (
  SELECT
    v.valid_from AS at,
    CASE WHEN row_number() OVER (ORDER BY v.valid_from, v.valid_to) = 1 THEN 'first seen' ELSE 'changed' END AS event,
    v.valid_to AS until,
    v.changed,
    NULL AS reason,
    NULL::timestamptz AS since
  FROM {versions} AS v
  WHERE v.content_id = %(content_id)s
  UNION ALL
  SELECT e.at, CASE e.event WHEN 'changed' THEN 'still deleted' ELSE e.event END, NULL, NULL, e.reason, e.deleted_at
  FROM deletion_events AS e
  WHERE e.kind = %(kind)s AND e.content_id = %(content_id)s
) AS life
ORDER BY life.at, life.reason NULLS FIRST, life.until
