-- Removes what is noted of titles that Watchmode was last asked about longer ago than may be kept, or of all where no time is given.
DELETE FROM streaming.watchmode_titles AS t
WHERE coalesce(t.asked_at < ops.now() - %(keep)s::interval, true)
