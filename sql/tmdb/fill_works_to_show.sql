-- Names works whose cards are to be written though their content is as it was.
INSERT INTO documents (work_id, is_changed)
SELECT w.work_id, true FROM unnest(%(work_ids)s::bigint[]) AS w (work_id)
