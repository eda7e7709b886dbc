-- How many active items the decisions would delete, and how many were active before this merge.
SELECT
  (SELECT count(*) FROM decisions AS d WHERE d.reason IS NOT NULL AND NOT d.was_deleted AND NOT d.is_new) AS to_delete,
  (
    SELECT count(*)
    FROM items AS i
    WHERE
      i.kind = %(kind)s AND NOT i.is_deleted
      AND NOT EXISTS (SELECT FROM before_merge AS b WHERE b.content_id = i.content_id AND b.known_hash IS NULL)
  ) AS active
