-- Lets the censuses of one scope be found.
CREATE INDEX ON usable_censuses (scope, started_at)
