-- Lists the deletions that are withheld; the items stay as they are.
INSERT INTO withheld_deletions (kind, content_id, title, reason, merge_id)
SELECT %(kind)s, d.content_id, d.title, d.reason, %(merge_id)s
FROM decisions AS d
WHERE d.reason IS NOT NULL AND NOT d.was_deleted AND NOT d.is_new
