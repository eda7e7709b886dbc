-- Removes what the file before said twice.
DELETE FROM streaming.id_mapping_conflicts
