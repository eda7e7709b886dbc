-- Keeps the history of announced days as it is before a replay, to compare with.
CREATE TEMP TABLE present_release_dates ON COMMIT DROP AS SELECT * FROM streaming.release_dates
