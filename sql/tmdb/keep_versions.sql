-- Keeps the schema versions that works were merged under, which no page tells. A work without one gets the oldest: it is fetched again.
UPDATE tmdb.contents AS c SET schema_version = kept.version
FROM (
  SELECT m.work_id, coalesce(p.schema_version, (SELECT min(v.version) FROM tmdb.schema_versions AS v)) AS version
  FROM tmdb.contents AS m
  LEFT JOIN present_contents AS p USING (work_id)
) AS kept
WHERE c.work_id = kept.work_id AND c.schema_version <> kept.version
