-- Empties what was coming, which is made anew in the same transaction.
DELETE FROM streaming.coming_soon
