-- How many bodies there are, of all pages and how large as stored. No body is read for it. Changes nothing.
SELECT count(*) AS pages, count(body) AS bodies, coalesce(sum(octet_length(body)), 0)::bigint AS bytes FROM pages
