-- Removes the log of making coming soon past keeping; the newest stays.
DELETE FROM streaming.coming_soon_merges AS m
WHERE
  m.made_at < ops.now() - %(keep)s::interval
  AND m.merge_id < (SELECT max(n.merge_id) FROM streaming.coming_soon_merges AS n)
