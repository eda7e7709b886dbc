-- Opens an incident; one that is open already gets the present summary. Alerts nobody.
INSERT INTO ops.incidents AS i (key, summary, opened_at)
VALUES (%(key)s, %(summary)s, ops.now())
ON CONFLICT (key) WHERE closed_at IS NULL DO UPDATE
SET summary = excluded.summary
WHERE i.summary <> excluded.summary
