-- Logs the census that a merge relies on: the newest usable one, or in a replay the logged one. Says whether the merge before relied on
-- another: then every item's deletion is decided anew, and the approval that a person gave to that census holds.
WITH chosen AS (
  SELECT CASE WHEN %(replayed)s THEN %(census_id)s ELSE (
    SELECT u.listing_id FROM usable_censuses AS u ORDER BY u.listing_began_at DESC LIMIT 1
  ) END AS census_id
), compared AS (
  SELECT chosen.census_id, coalesce(chosen.census_id, 0) <> coalesce(
    (
      SELECT previous.census_id
      FROM merges AS previous
      WHERE previous.kind = %(kind)s AND previous.merge_id < %(merge_id)s
      ORDER BY previous.merge_id DESC
      LIMIT 1
    ), 0
  ) AS is_new
  FROM chosen
)
UPDATE merges SET
  census_id = compared.census_id,
  approved_deletions = CASE WHEN compared.is_new THEN (
    SELECT l.approved_deletions FROM listings AS l WHERE l.listing_id = compared.census_id
  ) END
FROM compared
WHERE merges.merge_id = %(merge_id)s
RETURNING merges.census_id, compared.is_new, merges.approved_deletions
