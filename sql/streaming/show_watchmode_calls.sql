-- Calls to Watchmode by day, the newest first, for people.
SELECT c.day::text AS day, c.calls, c.refused, c.failures, c.units
FROM streaming.watchmode_calls AS c
ORDER BY c.day DESC
