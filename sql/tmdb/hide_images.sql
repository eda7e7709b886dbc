-- Stops showing the images that are to be removed: no work names them any more, or they are older than may be kept. Returns their names,
-- those included whose objects a killed run did not remove.
UPDATE tmdb.images AS i SET source_url = NULL, url = NULL, cards_due = i.cards_due OR i.source_url IS NOT NULL
WHERE i.wanted_url IS NULL OR i.fetched_at < tmdb.now() - %(keep)s::interval
RETURNING i.name
