-- Makes room for the providers that directories list.
CREATE TEMP TABLE directory (
  source text, source_id bigint, name text, logo_url text, display_priority integer, words text[], page_id bigint,
  regions text[], priorities integer[]
) ON COMMIT DROP
