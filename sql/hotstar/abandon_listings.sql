-- Closes the listings that a run which died left behind, but for the one that is taken up. Their pages stay and are merged.
UPDATE listings
SET
  status = 'incomplete',
  completed_at = ops.now(),
  problem = 'abandoned: the run that read it was cut off'
WHERE
  kind = %(kind)s
  AND purpose = %(purpose)s
  AND status = 'running'
  AND listing_id IS DISTINCT FROM %(kept)s
