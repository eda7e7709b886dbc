-- Reads how far the newest census of a kind is: the service's total, the pages kept, its status. Changes nothing.
SELECT listing.listing_id,
       listing.status,
       (SELECT max(part.total) FROM hotstar.parts AS part WHERE part.listing_id = listing.listing_id AND part.role = 'root')
         AS total,
       (SELECT count(*) FROM hotstar.pages AS page WHERE page.listing_id = listing.listing_id) AS pages
  FROM hotstar.listings AS listing
 WHERE listing.kind = %(kind)s AND listing.purpose = 'census'
 ORDER BY listing.started_at DESC, listing.listing_id DESC
 LIMIT 1
