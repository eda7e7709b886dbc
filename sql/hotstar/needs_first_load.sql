-- Tells whether no complete census of a kind was ever merged, so that a first load is due or to be taken up. Changes nothing.
SELECT NOT EXISTS (
  SELECT FROM hotstar.merges AS merge WHERE merge.kind = %(kind)s AND merge.census_id IS NOT NULL
)
