-- Removes listings that no title stands in.
DELETE FROM streaming.listings AS l WHERE l.titles = 0
