-- Takes in the contents of a page's new and changed items.
COPY staged_items (page_id, position, content_id, item_hash, item) FROM STDIN
