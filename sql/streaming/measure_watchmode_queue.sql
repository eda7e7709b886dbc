-- How long the queue is: titles that wait for a unit, and all that may ever get one.
SELECT count(*) FILTER (WHERE q.is_due) AS due, count(*) AS titles
FROM streaming.watchmode_queue AS q
