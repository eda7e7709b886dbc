-- Takes the providers that directories list.
COPY directory (source, source_id, name, logo_url, display_priority, words, page_id, regions, priorities) FROM STDIN
