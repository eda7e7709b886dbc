-- Takes in what a merge takes from a page.
COPY staged_items (page_id, position, content_id, item_hash, item, reason, body) FROM STDIN
