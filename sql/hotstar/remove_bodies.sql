-- Removes the bodies of these pages and counts them in the log; the rows stay.
WITH freed AS (
  SELECT p.page_id, octet_length(p.body) AS bytes
  FROM pages AS p
  WHERE p.page_id = any(%(page_ids)s)
), removed AS (
  UPDATE pages AS p SET body = NULL, removal_id = %(removal_id)s
  FROM freed
  WHERE p.page_id = freed.page_id
  RETURNING freed.bytes
)
UPDATE removals SET pages = removals.pages + gone.pages, bytes = removals.bytes + gone.bytes
FROM (SELECT count(*) AS pages, coalesce(sum(r.bytes), 0) AS bytes FROM removed AS r) AS gone
WHERE removals.removal_id = %(removal_id)s
RETURNING gone.pages, gone.bytes
