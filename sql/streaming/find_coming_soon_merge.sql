-- The newest making of coming soon; no row where there never was one.
SELECT made_at, regions, page_ids, details_page_ids, run_id
FROM streaming.coming_soon_merges
ORDER BY merge_id DESC
LIMIT 1
