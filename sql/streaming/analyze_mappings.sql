-- The planner learns what was loaded.
ANALYZE streaming.id_mappings
