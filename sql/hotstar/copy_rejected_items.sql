-- Takes in the items of a page that cannot stand in the tables.
COPY rejected_items (page_id, position, kind, content_id, reason, body, merge_id) FROM STDIN (FORMAT binary)
