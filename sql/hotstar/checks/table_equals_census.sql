-- Where the rows not deleted as missing differ from the newest complete census, or the one before it where two must lack an item:
-- neither listed by it nor seen from an hour before it on.
-- Withheld deletions have a check of their own.
SELECT i.content_id AS offender
FROM merged_censuses AS c
JOIN items AS i ON c.kind = i.kind AND c.scope = i.scope AND i.deletion_reason IS DISTINCT FROM 'missing'
WHERE
  c.kind = %(kind)s
  AND c.place = %(censuses_to_miss)s
  AND NOT EXISTS (
    SELECT
    FROM sightings AS s
    WHERE s.kind = i.kind AND s.content_id = i.content_id AND s.sent_at > c.started_at - interval '1 hour'
  )
  AND NOT EXISTS (
    SELECT
    FROM sightings AS s
    JOIN pages AS p USING (page_id)
    WHERE s.kind = i.kind AND s.content_id = i.content_id AND p.listing_id = c.listing_id
  )
  AND NOT EXISTS (SELECT FROM withheld_deletions AS w WHERE w.kind = i.kind AND w.content_id = i.content_id)
