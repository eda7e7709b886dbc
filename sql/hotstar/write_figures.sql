-- Writes the figures of one day and kind: from the table as it stood at the end of the day, and the day's steps of deletion. An item counts
-- under each language and genre of its version of then. A value without items and steps has no row.
INSERT INTO daily_figures (day, kind, dimension, value, active, added, removed, restored)
WITH stood AS (
  SELECT
    t.content_id, t.raw_response AS item,
    NOT t.is_deleted AS is_active,
    t.created_at >= %(begins)s AND NOT (
      SELECT first.is_deleted FROM deletion_as_of(%(kind)s, t.content_id, t.created_at) AS first
    ) AS is_added
  FROM {as_of}(%(ends)s - interval '1 microsecond') AS t
), steps AS (
  SELECT
    e.content_id,
    count(*) FILTER (WHERE e.event = 'deleted') AS removed,
    count(*) FILTER (WHERE e.event = 'restored') AS restored
  FROM deletion_events AS e
  WHERE e.kind = %(kind)s AND e.at >= %(begins)s AND e.at < %(ends)s
  GROUP BY e.content_id
)
SELECT
  %(day)s, %(kind)s, counted.dimension, counted.value,
  count(*) FILTER (WHERE stood.is_active),
  count(*) FILTER (WHERE stood.is_added),
  coalesce(sum(steps.removed), 0),
  coalesce(sum(steps.restored), 0)
FROM stood
LEFT JOIN steps USING (content_id)
CROSS JOIN LATERAL (
  SELECT 'all' AS dimension, '' AS value
  UNION
  SELECT 'premium', stood.item ->> 'premium' WHERE stood.item ->> 'premium' IN ('true', 'false')
  UNION
  SELECT listed.dimension, named.value
  FROM (VALUES ('language', stood.item -> 'lang'), ('genre', stood.item -> 'genre')) AS listed (dimension, names)
  CROSS JOIN jsonb_array_elements_text(CASE WHEN jsonb_typeof(listed.names) = 'array' THEN listed.names ELSE '[]' END) AS named (value)
) AS counted
WHERE counted.value IS NOT NULL AND (stood.is_active OR stood.is_added OR steps.content_id IS NOT NULL)
GROUP BY counted.dimension, counted.value
