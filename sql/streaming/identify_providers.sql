-- Makes a provider of every name that numbers of sources bear and none has yet.
INSERT INTO streaming.providers (key, name)
SELECT DISTINCT ON (named.key) named.key, named.name
FROM (
  SELECT streaming.provider_key(coalesce(a.name, i.name)) AS key, coalesce(a.name, i.name) AS name
  FROM streaming.provider_ids AS i
  LEFT JOIN streaming.provider_aliases AS a USING (source, source_id)
) AS named
WHERE NOT EXISTS (SELECT FROM streaming.providers AS p WHERE p.key = named.key)
ORDER BY named.key, named.name
