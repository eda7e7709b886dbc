-- Removes the titles that the log of runs names from rows that are older than may be kept; their counts stay.
UPDATE tmdb.scheduled_ingestion_log SET ingested_titles = '{}', failed_titles = '{}'
WHERE created_at < tmdb.now() - %(keep)s::interval AND (ingested_titles <> '{}' OR failed_titles <> '{}')
