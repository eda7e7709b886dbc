-- Closes the log row of a run that fetched and merges nothing: its pages wait for the next merge.
UPDATE hotstar_sync_log AS log SET
  status = 'partial',
  completed_at = ops.now(),
  total_items_fetched = coalesce((SELECT l.distinct_ids FROM listings AS l WHERE l.listing_id = log.listing_id), 0),
  errors = log.errors || jsonb_build_array(jsonb_build_object(
    'type', 'NotMerged', 'message', %(message)s::text, 'request', NULL, 'item', NULL, 'stack', NULL
  ))
WHERE log.run_id = %(run_id)s AND log.kind = %(kind)s AND log.status = 'running'
