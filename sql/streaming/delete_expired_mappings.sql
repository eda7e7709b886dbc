-- Removes Watchmode's ids where it last confirmed them longer ago than may be kept, or where no time is given, and the log of their loads: the
-- next load is a first one.
WITH verified AS (
  SELECT coalesce(max(l.verified_at) < ops.now() - %(keep)s::interval, true) AS is_expired FROM streaming.id_map_loads AS l
), conflicts AS (
  DELETE FROM streaming.id_mapping_conflicts USING verified WHERE verified.is_expired
), loads AS (
  DELETE FROM streaming.id_map_loads USING verified WHERE verified.is_expired
)
DELETE FROM streaming.id_mappings USING verified WHERE verified.is_expired
