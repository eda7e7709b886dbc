-- Removes numbers that are said to come from these directories and are not in them. What an offer or an earlier directory names stays.
DELETE FROM streaming.provider_ids AS i
WHERE
  i.page_id IN (SELECT d.page_id FROM directory AS d)
  AND NOT EXISTS (SELECT FROM directory AS d WHERE d.source = i.source AND d.source_id = i.source_id)
