-- Notes a making of coming soon with what it was made from; returns the counts of the table it made.
INSERT INTO streaming.coming_soon_merges (
  run_id, made_at, regions, page_ids, details_page_ids, releases, unmapped, rejected, rows
)
SELECT
  %(run_id)s, %(made_at)s, %(regions)s, %(page_ids)s, %(details_page_ids)s,
  (SELECT count(*) FROM streaming.release_dates AS r WHERE r.is_present),
  (SELECT count(*) FROM streaming.release_dates AS r WHERE r.is_present AND r.tmdb_id IS NULL),
  %(rejected)s,
  (SELECT count(*) FROM streaming.coming_soon)
RETURNING releases, unmapped, rows
