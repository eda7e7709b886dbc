-- Keeps since when something is so where that is before what retention left of a work's pages: it was so at the first merge that has any.
WITH logged AS (
  SELECT m.merge_id, m.merged_at, m.pages > (SELECT count(*) FROM tmdb.page_merges AS t WHERE t.merge_id = m.merge_id) AS has_lost
  FROM tmdb.merges AS m
), lost AS (
  SELECT max(l.merged_at) AS until FROM logged AS l WHERE l.has_lost
), first AS (
  SELECT DISTINCT ON (t.work_id) t.work_id, l.merged_at, p.sent_at AS fetched_at, lost.until
  FROM lost
  CROSS JOIN logged AS l
  JOIN tmdb.page_merges AS taken ON l.merge_id = taken.merge_id
  JOIN tmdb.pages AS p ON taken.page_id = p.page_id
  JOIN tmdb.titles AS t ON p.media_type = t.media_type AND p.tmdb_id = t.tmdb_id
  WHERE lost.until IS NOT NULL AND p.status = 200 AND p.problem IS NULL
  ORDER BY t.work_id ASC, l.merge_id ASC, p.sent_at DESC
), kept_contents AS (
  UPDATE tmdb.contents AS m SET changed_at = p.changed_at
  FROM present_contents AS p
  JOIN first USING (work_id)
  WHERE m.work_id = p.work_id AND m.changed_at = first.fetched_at AND p.changed_at < least(first.fetched_at, first.until)
), kept_ratings AS (
  UPDATE tmdb.rating_sources AS m SET last_seen_at = p.last_seen_at
  FROM present_rating_sources AS p
  JOIN first USING (work_id)
  WHERE
    m.work_id = p.work_id AND m.source_name = p.source_name
    AND m.last_seen_at = first.fetched_at AND p.last_seen_at < least(first.fetched_at, first.until)
), kept_scores AS (
  UPDATE tmdb.aggregates AS m SET computed_at = p.computed_at
  FROM present_aggregates AS p
  JOIN first USING (work_id)
  WHERE
    m.work_id = p.work_id AND m.method_version = p.method_version
    AND m.computed_at = first.fetched_at AND p.computed_at < least(first.fetched_at, first.until)
), kept_similar AS (
  UPDATE tmdb.similar_movies AS m SET created_at = p.created_at
  FROM present_similar_movies AS p
  JOIN first USING (work_id)
  WHERE
    m.work_id = p.work_id AND m.similar_tmdb_id = p.similar_tmdb_id AND m.source = p.source
    AND m.created_at = first.fetched_at AND p.created_at < least(first.fetched_at, first.until)
)
UPDATE tmdb.work_cards_cache AS m SET
  computed_at = p.computed_at,
  payload = m.payload || jsonb_build_object('last_updated', p.payload -> 'last_updated')
FROM present_work_cards_cache AS p
JOIN first USING (work_id)
WHERE
  m.work_id = p.work_id AND m.etag = p.etag
  AND m.computed_at = first.merged_at AND p.computed_at < first.merged_at AND p.computed_at <= first.until
