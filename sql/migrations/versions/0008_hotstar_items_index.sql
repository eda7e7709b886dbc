-- The wide tables have an index of the service's internal id each; a second one of all items only cost time.

DROP INDEX IF EXISTS hotstar.items_by_hotstar_id;
