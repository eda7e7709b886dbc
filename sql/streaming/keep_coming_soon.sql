-- Keeps coming soon as it is before a replay, to compare with.
CREATE TEMP TABLE present_coming_soon ON COMMIT DROP AS SELECT * FROM streaming.coming_soon
