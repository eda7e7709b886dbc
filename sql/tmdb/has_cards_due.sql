-- The first image whose address came or went that cards do not show yet; null: there is none.
SELECT min(i.name) FROM tmdb.images AS i WHERE i.cards_due
