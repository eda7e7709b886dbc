-- Whether ids are loaded, and the file that the newest load was of, which is the same as one that only confirmed it; null: it is no longer stored.
SELECT
  (EXISTS (SELECT FROM streaming.id_mappings)) AS is_loaded,
  (
    SELECT p.body
    FROM streaming.pages AS p
    WHERE
      p.endpoint = 'id_map' AND p.status = 200 AND p.problem IS NULL
      AND p.body_sha256 = (SELECT l.body_sha256 FROM streaming.id_map_loads AS l WHERE l.refused IS NULL ORDER BY l.load_id DESC LIMIT 1)
    ORDER BY p.page_id DESC
    LIMIT 1
  ) AS body
