-- Takes the regions.
COPY directory_regions (region, name, page_id) FROM STDIN
