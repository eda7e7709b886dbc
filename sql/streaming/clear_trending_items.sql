-- Removes what pages list, before it is read again.
DELETE FROM {schema}.trending_items
