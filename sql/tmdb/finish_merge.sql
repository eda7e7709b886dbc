-- Writes a merge's counts into its log row.
UPDATE tmdb.merges AS m SET
  pages = taken.pages,
  rejected = taken.rejected,
  gone = taken.gone,
  inserted = %(inserted)s,
  updated = %(updated)s,
  unchanged = %(unchanged)s,
  cards = %(cards)s,
  episodes_written = %(episodes_written)s,
  episodes_removed = %(episodes_removed)s,
  episodes_lost = %(episodes_lost)s
FROM (
  SELECT
    count(*) AS pages,
    count(*) FILTER (WHERE p.problem IS NOT NULL) AS rejected,
    count(*) FILTER (WHERE p.status = 404) AS gone
  FROM tmdb.page_merges AS pm
  JOIN tmdb.pages AS p USING (page_id)
  WHERE pm.merge_id = %(merge_id)s
) AS taken
WHERE m.merge_id = %(merge_id)s
RETURNING
  m.merge_id, m.merged_at, m.pages, m.inserted, m.updated, m.unchanged, m.rejected, m.gone, m.cards, m.episodes_written, m.episodes_removed,
  m.episodes_lost
