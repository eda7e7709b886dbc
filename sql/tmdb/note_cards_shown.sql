-- The cards show every image whose address came or went.
UPDATE tmdb.images SET cards_due = false WHERE cards_due
