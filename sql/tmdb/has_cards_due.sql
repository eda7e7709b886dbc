-- Whether an image's address came or went that cards do not show yet.
SELECT EXISTS (SELECT FROM tmdb.images WHERE cards_due)
