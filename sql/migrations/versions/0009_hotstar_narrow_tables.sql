-- What no index and no check reads is no longer stored a second time beside the item: the view computes it, as it does lists and objects.

DO $$
DECLARE
  computed CONSTANT text[] := ARRAY[
    'description', 'content_type', 'duration', 'vip', 'paid', 'broadcast_date', 'thumbnail', 'portrait_thumbnail', 'deep_link_url',
    'deep_link_url_living_room', 'play_uri', 'parental_rating', 'parental_rating_name'
  ];
  wide text;
  dropped text;
BEGIN
  FOREACH wide IN ARRAY ARRAY['movies', 'shows', 'seasons', 'episodes', 'sports'] LOOP
    -- In the views w is the wide table and f what its fields function makes of the item, with columns of the same names.
    EXECUTE format(
      'CREATE OR REPLACE VIEW hotstar.%I AS %s', 'hotstar_' || wide, regexp_replace(
        pg_get_viewdef(format('hotstar.%I', 'hotstar_' || wide)::regclass),
        format('\mw\.(%s)\M', array_to_string(computed, '|')), 'f.\1', 'g'
      )
    );
    SELECT string_agg(format('DROP COLUMN %I', a.attname), ', ')
    INTO STRICT dropped
    FROM pg_attribute AS a
    WHERE a.attrelid = format('hotstar.%I', wide)::regclass AND NOT a.attisdropped AND a.attname = ANY(computed);
    EXECUTE format('ALTER TABLE hotstar.%I %s', wide, dropped);
    EXECUTE format(
      'COMMENT ON TABLE hotstar.%I IS %L', wide,
      replace(obj_description(format('hotstar.%I', wide)::regclass), 'typed columns', 'the columns that are searched by')
    );
  END LOOP;
END
$$;
