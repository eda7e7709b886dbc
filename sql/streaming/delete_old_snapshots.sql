-- Removes snapshots whose answers are past keeping, with their ranks; pages that nothing else rests on are then free to go.
DELETE FROM streaming.trending_snapshots WHERE fetched_at < ops.now() - %(keep)s::interval
