"""(a) The film load with the pace on, and (d) a day of changes polled after it."""

from datetime import datetime
from zoneinfo import ZoneInfo

from benchmarks.figures import Figure
from benchmarks.stage import FILMS, sandbox_of, stage

INTERVAL_S = 1.02
DAY = {"adds": 10, "updates": 40, "removals": 0, "returns": 0}
"""50 changes that a poll can see; removals show in a census alone."""


def paced_load() -> list[Figure]:
    """Loads every film at one request a second."""
    with stage() as fresh, sandbox_of(FILMS, rate=1, latency=2) as sandbox:
        run = fresh.ended(fresh.start_load(sandbox, rate=1))
        truth = sandbox.truth(requests=0)
    requests = run.summary["requests"]
    return [
        Figure("a", "films in the table", run.summary["inserted"], "films"),
        Figure("a", "films that the service has", truth["visible"], "films"),
        Figure("a", "requests of the census", requests, "requests", wanted=60 + run.summary["requests_apart"]),
        Figure("a", "of these, for films that no update time reaches", run.summary["requests_apart"], "requests"),
        Figure("a", "fetching, first slot to last page committed", run.fetching_s, "s", INTERVAL_S * requests + 3),
        Figure("a", "the Dagster run, start to end", run.run_s, "s", round(run.fetching_s + 8, 2)),
        Figure("a", "merging, a part of it", run.merging_s, "s"),
    ]


def day_of_changes() -> list[Figure]:
    """Loads every film without pace, then polls a day of changes with it."""
    with stage() as fresh, sandbox_of(FILMS) as sandbox:
        fresh.ended(fresh.start_load(sandbox, rate=0))
        sandbox.control(do="pace", rate=1, latency=2)
        sandbox.control(do="lag", seconds=0)
        sandbox.control(do="day", **DAY)
        today = datetime.now(ZoneInfo("Asia/Kolkata")).date().isoformat()
        run = fresh.ended(fresh.start_load(sandbox, rate=1, day=today))
    return [
        Figure("d", "changes found", run.summary["inserted"] + run.summary["updated"], "films"),
        Figure("d", "requests of the poll", run.summary["requests"], "requests", wanted=2),
        Figure("d", "from the run's start to checked tables", run.run_s, "s", wanted=5),
    ]
