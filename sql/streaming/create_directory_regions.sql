-- Makes room for the regions that TMDB has providers of.
CREATE TEMP TABLE directory_regions (region text, name text, page_id bigint) ON COMMIT DROP
