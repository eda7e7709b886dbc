-- Notes that a file of ids was refused, and why. The rows stay as they are.
INSERT INTO streaming.id_map_loads (run_id, loaded_at, refused)
VALUES (%(run_id)s, ops.now(), %(refused)s)
