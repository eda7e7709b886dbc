-- Notes how the touched items stood before this merge; what an earlier batch noted stays.
INSERT INTO before_merge (content_id, known_hash, known_update_s)
SELECT content_id, known_hash, known_update_s
FROM touched
WHERE NOT EXISTS (SELECT FROM before_merge AS b WHERE b.content_id = touched.content_id)
