-- How many words about release dates are kept.
SELECT count(*) AS rows FROM streaming.release_dates
