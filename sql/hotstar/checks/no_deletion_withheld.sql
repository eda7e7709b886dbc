-- Deletions that wait for an approval.
SELECT w.content_id || ' ' || coalesce(w.title, '') || ' (' || w.reason || ')' AS offender
FROM withheld_deletions AS w
WHERE w.kind = %(kind)s
ORDER BY w.content_id
