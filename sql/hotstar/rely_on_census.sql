-- Logs the census that a merge relies on: the newest usable one, or in a replay the logged one. If the merge before relied on another, the
-- approval that a person gave to this one holds. Every item's deletion is decided anew if any census became usable since the merge
-- before: with the last of its pages, or by its end (a minute is allowed for one that ended as that merge began).
WITH chosen AS (
  SELECT CASE WHEN %(replayed)s THEN %(census_id)s ELSE (
    SELECT u.listing_id FROM usable_censuses AS u ORDER BY u.listing_began_at DESC LIMIT 1
  ) END AS census_id
), previous AS (
  SELECT m.census_id, m.merged_at
  FROM merges AS m
  WHERE m.kind = %(kind)s AND m.merge_id < %(merge_id)s
  ORDER BY m.merge_id DESC
  LIMIT 1
), compared AS (
  SELECT
    chosen.census_id,
    chosen.census_id IS DISTINCT FROM previous.census_id AS is_new,
    (
      SELECT count(*)
      FROM usable_censuses AS u
      WHERE u.merge_id = %(merge_id)s OR u.completed_at > coalesce(previous.merged_at, '-infinity') - interval '1 minute'
    ) > 0 AS any_new
  FROM chosen
  LEFT JOIN previous ON true
)
UPDATE merges SET
  census_id = compared.census_id,
  approved_deletions = CASE WHEN compared.is_new THEN (
    SELECT l.approved_deletions FROM listings AS l WHERE l.listing_id = compared.census_id
  ) END
FROM compared
WHERE merges.merge_id = %(merge_id)s
RETURNING merges.census_id, compared.is_new OR compared.any_new, merges.approved_deletions
