-- Tells the planner how many items and versions are new.
ANALYZE runs, newest
