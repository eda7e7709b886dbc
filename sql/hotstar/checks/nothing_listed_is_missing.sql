-- Items deleted as missing that the newest complete census, or a page since, lists.
SELECT i.content_id AS offender
FROM merged_censuses AS c
JOIN items AS i ON c.kind = i.kind AND c.scope = i.scope AND i.deletion_reason = 'missing'
WHERE
  c.kind = %(kind)s
  AND c.place = 1
  AND EXISTS (
    SELECT
    FROM sightings AS s
    JOIN pages AS p USING (page_id)
    WHERE s.kind = i.kind AND s.content_id = i.content_id AND (s.sent_at >= c.started_at OR p.listing_id = c.listing_id)
  )
