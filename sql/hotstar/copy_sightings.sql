-- Takes in the sightings of a page.
COPY sightings (page_id, position, kind, content_id, sent_at, item_hash) FROM STDIN
