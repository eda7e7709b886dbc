-- Says where the stored images are read, if that changed.
UPDATE tmdb.images AS i SET url = %(public_url)s || i.name, cards_due = true
WHERE i.source_url IS NOT NULL AND i.url <> %(public_url)s || i.name
