-- How many answers a run has stored so far.
SELECT
    (SELECT count(*) FROM streaming.pages AS p WHERE p.run_id = %(run_id)s)
    + (SELECT count(*) FROM trakt.pages AS p WHERE p.run_id = %(run_id)s) AS pages
