-- When a row last changed follows from its versions and deletions alone, so that no order of pages or size of batches shows in it; a role
-- that may only write may tell the planner of what it wrote.

UPDATE hotstar.items AS i
SET updated_at = changed.at
FROM (
  SELECT
    j.kind, j.content_id,
    greatest(j.version_from, (
      SELECT max(e.at)
      FROM hotstar.deletion_events AS e
      WHERE e.kind = j.kind AND e.content_id = j.content_id AND e.event <> 'changed'
    )) AS at
  FROM hotstar.items AS j
) AS changed
WHERE i.kind = changed.kind AND i.content_id = changed.content_id AND i.updated_at <> changed.at;
COMMENT ON COLUMN hotstar.items.updated_at IS 'When the newest content was first seen, or when it was last deleted or restored if that is later';

DO $$
BEGIN
  IF
    current_setting('server_version_num')::integer >= 170000
    AND EXISTS (SELECT FROM pg_roles WHERE rolname = 'catalog_hotstar')
  THEN
    EXECUTE 'GRANT MAINTAIN ON hotstar.items, hotstar.sightings TO catalog_hotstar';
  END IF;
END
$$;
