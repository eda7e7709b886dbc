-- The figures of a day for every kind as a whole. Changes nothing.
SELECT kind, active, added, removed, restored
FROM daily_figures
WHERE day = %(day)s AND dimension = 'all'
ORDER BY kind
