-- Forgets what a folder of the store should hold and does not, in the size that was written: it is wanted anew. Returns objects of
-- the folder that the manifest knows and does not hold for stored, such as those of a run that was killed.
WITH found AS MATERIALIZED (
  SELECT f.name, f.bytes FROM unnest(%(names)s::text[], %(sizes)s::bigint[]) AS f (name, bytes)
), lost AS (
  UPDATE tmdb.images AS i SET
    source_url = NULL, url = NULL, fetched_at = NULL, taken_from = NULL, etag = NULL, bytes = NULL, content_sha256 = NULL,
    content_type = NULL, stored_at = NULL, cards_due = i.cards_due OR i.source_url IS NOT NULL
  WHERE
    starts_with(i.name, %(folder)s) AND i.fetched_at IS NOT NULL
    AND NOT EXISTS (SELECT FROM found AS f WHERE f.name = i.name AND f.bytes = i.bytes)
  RETURNING i.name
)
SELECT l.name, false AS is_there FROM lost AS l
UNION ALL
SELECT f.name, true FROM found AS f JOIN tmdb.images AS i USING (name) WHERE i.fetched_at IS NULL
