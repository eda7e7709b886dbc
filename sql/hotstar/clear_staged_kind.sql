-- Empties what is staged of a kind, and holds off who stages: what was left out as known was known to the rows that go now.
LOCK TABLE hotstar.staged_items IN SHARE ROW EXCLUSIVE MODE;
DELETE FROM hotstar.staged_items AS s
USING hotstar.pages AS p
WHERE s.page_id = p.page_id AND p.kind = '{kind}'
