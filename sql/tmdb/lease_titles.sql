-- Leases what is due, the most urgent first; what another holds is left to it. Of a title whose page lacks nothing the request may say
-- which page is known, if it is the same request: so its parameters are told as well, and of a series the seasons that are known.
WITH due AS (
  SELECT
    s.work_id, s.media_type, s.tmdb_id, s.asked_at, s.priority, s.stale_since,
    s.reasons <@ ARRAY['older than its tier', 'changed at the source', 'failed'] AND s.gone_at IS NULL AS may_be_as_it_was
  FROM tmdb.staleness AS s
  WHERE s.is_due AND NOT s.is_leased AND (%(only)s::bigint[] IS NULL OR s.work_id = ANY(%(only)s))
  ORDER BY s.priority DESC, s.stale_since ASC, s.work_id ASC
  LIMIT %(most)s
), free AS (
  -- Not FOR UPDATE: it would skip every title that a merge or replay has just written a row of.
  SELECT t.work_id FROM tmdb.titles AS t JOIN due USING (work_id) FOR NO KEY UPDATE OF t SKIP LOCKED
), leased AS (
  INSERT INTO tmdb.refreshes AS r (work_id, asked_at, lease, leased_by, leased_until)
  SELECT d.work_id, d.asked_at, %(lease)s, %(run_id)s, ops.now() + %(lease_for)s::interval
  FROM due AS d
  JOIN free USING (work_id)
  ORDER BY d.work_id
  -- What another fetched since this statement began is not fetched again.
  ON CONFLICT (work_id) DO UPDATE
    SET lease = excluded.lease, leased_by = excluded.leased_by, leased_until = excluded.leased_until
    WHERE r.asked_at IS NOT DISTINCT FROM excluded.asked_at AND coalesce(r.leased_until <= ops.now(), true)
  RETURNING r.work_id, r.etag, r.page_id
)
SELECT
  d.work_id, d.media_type, d.tmdb_id,
  CASE WHEN d.may_be_as_it_was THEN l.etag END AS etag,
  p.params AS etag_params,
  array(SELECT s.season_number FROM tmdb.tv_seasons AS s WHERE s.work_id = d.work_id ORDER BY s.season_number) AS seasons
FROM due AS d
JOIN leased AS l USING (work_id)
LEFT JOIN tmdb.pages AS p USING (page_id)
ORDER BY d.priority DESC, d.stale_since ASC, d.work_id ASC
