-- Writes where works are offered. One whose offers are as they were has its hash noted alone, which touches no index.
INSERT INTO streaming.tmdb_offers AS t (work_id, listing_ids, content_hash)
SELECT o.work_id, o.listing_ids, o.content_hash
FROM offered AS o
ORDER BY o.work_id
ON CONFLICT (work_id) DO UPDATE SET listing_ids = excluded.listing_ids, content_hash = excluded.content_hash
