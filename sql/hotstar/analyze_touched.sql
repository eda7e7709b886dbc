-- Tells the planner how many items are touched.
ANALYZE touched
