-- Logs the newest complete census that a merge relies on (a replay gives the logged one), and says whether the merge before relied on
-- another: then every item's deletion is decided anew.
UPDATE merges AS m SET
  census_id = CASE WHEN %(replayed)s THEN %(census_id)s ELSE (
    SELECT u.listing_id
    FROM usable_censuses AS u
    WHERE u.kind = %(kind)s
    ORDER BY u.started_at DESC
    LIMIT 1
  ) END
WHERE m.merge_id = %(merge_id)s
RETURNING
  m.census_id,
  m.census_id IS DISTINCT FROM (
    SELECT before.census_id
    FROM merges AS before
    WHERE before.kind = %(kind)s AND before.merge_id < %(merge_id)s
    ORDER BY before.merge_id DESC
    LIMIT 1
  ) AS is_new
