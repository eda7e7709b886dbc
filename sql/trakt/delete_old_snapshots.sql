-- Removes snapshots that rest on answers past keeping, TMDB's included, with their ranks.
DELETE FROM trakt.trending_snapshots WHERE fetched_at < ops.now() - %(keep)s::interval
