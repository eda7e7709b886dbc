-- Empties the history of announced days, which is made anew from the answers that are kept.
DELETE FROM streaming.release_dates
