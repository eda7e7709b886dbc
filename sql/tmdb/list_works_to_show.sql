-- Works whose cards show images whose address came or went; a face stands on many.
SELECT DISTINCT w.work_id
FROM tmdb.work_images AS w
JOIN tmdb.images AS i USING (name)
WHERE i.cards_due
ORDER BY w.work_id
