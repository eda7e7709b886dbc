-- Removes providers that no source's number and no arrival or departure names any more.
DELETE FROM streaming.providers AS p
WHERE
  NOT EXISTS (SELECT FROM streaming.provider_ids AS i WHERE i.provider_id = p.provider_id)
  AND NOT EXISTS (SELECT FROM streaming.availability_changes AS c WHERE c.provider_id = p.provider_id)
