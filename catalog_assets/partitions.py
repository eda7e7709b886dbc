"""The partitions that assets share (https://docs.dagster.io/guides/build/partitions-and-backfills).

Days of Hotstar are days in India, those of the others are UTC's, as are their hours. Today is included, so that it can
be polled before it is over.
"""

import dagster as dg

HOTSTAR_ZONE = "Asia/Kolkata"
"""The zone of Hotstar's days, by name: its offset is the zone's business."""

hotstar_days = dg.DailyPartitionsDefinition(start_date="2026-11-01", timezone=HOTSTAR_ZONE, end_offset=1)
"""One definition for all Hotstar assets, since a job runs only assets that share one."""

tmdb_days = dg.DailyPartitionsDefinition(start_date="2026-11-01", timezone="UTC", end_offset=1)
"""One definition for all TMDB assets; TMDB's days are UTC's."""

streaming_days = tmdb_days
"""Availability and what is coming soon go by the days of the services they come from."""

streaming_hours = dg.HourlyPartitionsDefinition(start_date="2026-11-22-00:00", timezone="UTC", end_offset=1)
"""Hours of what is trending, the present one included."""
