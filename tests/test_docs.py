"""The documents are true today: what they name exists, what exists they name, and what they print runs."""

import ast
import re
import shlex
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import dagster as dg
import psycopg
import pytest
import typer
import yaml
from typer.core import TyperGroup

from catalog_assets.automation import CENSUS_PAUSE
from catalog_assets.build import build_definitions
from catalog_assets.cli.main import app
from catalog_assets.due import POLL_EVERY, SLACK
from catalog_assets.health import LATE, OVERDUE, QUIET
from catalog_assets.hotstar.assets import POLL_FRESHNESS, WEEK_FRESHNESS
from catalog_assets.hotstar.checks import CHECKS, TableCheck
from catalog_assets.hotstar.coverage import INDEX_LAG
from catalog_assets.hotstar.listing import HOTSTAR_PAGING
from catalog_assets.hotstar.merge import GUARD_MINIMUM, GUARD_SHARE
from catalog_assets.hotstar.parts import MOST_READINGS
from catalog_assets.hotstar.retention_checks import PROVED_IN_DAYS, RETENTION_CHECKS
from catalog_assets.offenders import SHOWN, Check
from catalog_assets.streaming.checks import CHECKS as STREAMING_CHECKS
from catalog_assets.tmdb.checks import CHECKS as TMDB_CHECKS
from catalog_assets.tmdb.images_asset import IMAGES_CHECKS, READ_A_DAY
from catalog_assets.tmdb.retention_asset import RETAINED_CHECKS
from resources.edgeauth import RENEW_S, WINDOW_S
from resources.hotstar import HOTSTAR_PACE
from resources.pace import RESTS_A_RUN
from resources.settings import PROJECT_ROOT, Settings
from resources.tmdb import TMDB_PACE
from resources.transport import ATTEMPTS

PAGES = {page.name: page for page in (PROJECT_ROOT / "README.md", *sorted((PROJECT_ROOT / "docs").glob("*.md")))}


@cache
def text(page: str) -> str:
    return PAGES[page].read_text(encoding="utf-8")


def plain(page: str) -> str:
    """A page with every run of white space as one space, so that line breaks do not matter."""
    return " ".join(text(page).split())


def everything() -> str:
    return "\n".join(text(page) for page in PAGES)


def blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", text(page), re.MULTILINE | re.DOTALL)


def commands() -> dict[str, Any]:
    group = typer.main.get_command(app)
    assert isinstance(group, TyperGroup)
    return dict(group.commands)


# -- Commands --------------------------------------------------------------------------------------------------------


def test_the_readme_lists_every_command_and_no_other() -> None:
    table = text("README.md").split("## Commands", 1)[1].split("\n## ", 1)[0]
    assert set(re.findall(r"`catalog ([a-z]+)", table)) == set(commands())


def printed_commands() -> Iterator[tuple[str, str]]:
    """Every `catalog …` that a page prints: in a block of shell, or between back-quotes."""
    for page in PAGES:
        lines = [line for block in blocks(page, "bash") for line in block.splitlines()]
        inline = re.findall(r"`((?:\.venv/bin/)?catalog [a-z][^`]*)`", plain(page))
        for line in [*lines, *inline]:
            for found in re.findall(r"(?:^|\()(?:\.venv/bin/)?(catalog [a-z][^)\"|]*)", line):
                yield page, found.split("#")[0].strip()


@pytest.mark.parametrize(("page", "line"), sorted(set(printed_commands())))
def test_a_printed_command_exists_with_its_options(page: str, line: str) -> None:
    name, *words = shlex.split(line)[1:]
    command = commands()[name]
    if any(word.startswith("[") or word.isupper() for word in words):
        known = {option for parameter in command.params for option in parameter.opts}
        given = set(re.findall(r"--[a-z-]+", line))
        assert given <= known
        return
    needed = [parameter.name for parameter in command.params if parameter.required]
    if needed and not words:
        return  # named, not printed as it is typed
    command.make_context(name, words)


@pytest.mark.parametrize(
    "line", [line for page in PAGES for block in blocks(page, "bash") for line in block.split("\n")]
)
def test_a_printed_shell_line_begins_with_a_program_that_is_there(line: str) -> None:
    targets = set(re.findall(r"^([a-z]+):", (PROJECT_ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    match shlex.split(line, comments=True):
        case []:
            return
        case ["make", target, *_]:
            assert target in targets
        case ["cp", source, _]:
            assert (PROJECT_ROOT / source).is_file()
        case [program, *_] if program.startswith(".venv/bin/"):
            assert program.removeprefix(".venv/bin/") in {"catalog", "dagster", "dagster-webserver", "dagster-daemon"}
        case ["eval" | "psql", *_]:
            return
        case other:
            pytest.fail(f"the documents print {other}, which this test does not know")


def test_the_queries_of_printed_shell_lines_run(source_url: str) -> None:
    queries = [
        query for page in PAGES for block in blocks(page, "bash") for query in re.findall(r'-c "([^"]+)"', block)
    ]
    assert queries
    with psycopg.connect(source_url, autocommit=True) as connection:
        for query in queries:
            connection.execute(query)


# -- Tables ----------------------------------------------------------------------------------------------------------


def test_every_printed_query_runs(source_url: str) -> None:
    queries = blocks("tables.md", "sql")
    assert len(queries) > 10
    refused: dict[str, str] = {}
    with psycopg.connect(source_url, autocommit=True) as connection:
        for query in queries:
            try:
                connection.execute(query)
            except psycopg.Error as error:
                refused[query] = str(error)
    assert refused == {}


def test_every_table_and_view_is_documented(source_url: str) -> None:
    with psycopg.connect(source_url) as connection:
        found = connection.execute(
            "SELECT relname FROM pg_class WHERE relkind IN ('r', 'v', 'm')"
            " AND relnamespace::regnamespace::text IN ('hotstar', 'ops', 'tmdb', 'streaming', 'trakt')"
        ).fetchall()
        of_trakt = connection.execute(
            "SELECT relname FROM pg_class WHERE relkind IN ('r', 'v') AND relnamespace = 'trakt'::regnamespace"
        ).fetchall()
    assert [name for (name,) in found if not re.search(rf"`(\w+\.)?{name}`", text("tables.md"))] == []
    assert [name for (name,) in of_trakt if not re.search(rf"`(trakt\.{name}|oauth_tokens)`", text("tables.md"))] == []


# -- Assets, checks, automation --------------------------------------------------------------------------------------


def test_every_check_has_an_entry_and_no_entry_is_left_over() -> None:
    of_merges: list[Check | TableCheck] = [*CHECKS, *(check for checks in TMDB_CHECKS.values() for check in checks)]
    of_merges += [*IMAGES_CHECKS, *(check for checks in STREAMING_CHECKS.values() for check in checks)]
    names = {check.name for check in (*of_merges, *RETAINED_CHECKS, *RETENTION_CHECKS)} | {"logs_in_bounds"}
    entries = re.findall(r"^## (\w+)$", text("checks.md"), re.MULTILINE)
    assert sorted(entries) == sorted(names)
    for page in ("README.md", "checks.md"):
        assert [name for name in names if not re.search(rf"^\| \[?`{name}`", text(page), re.MULTILINE)] == []
    blocking = dict.fromkeys(names, True) | {check.name: check.blocking for check in of_merges}
    table = re.findall(r"^\| \[`(\w+)`\]\(#\w+\) \| (yes|no) \|", text("checks.md"), re.MULTILINE)
    assert {name: said == "yes" for name, said in table} == blocking


def test_every_asset_job_schedule_sensor_and_pool_is_named() -> None:
    repository = build_definitions().get_repository_def()
    graph = repository.asset_graph
    for key in graph.materializable_asset_keys:
        assert f"`{key.to_user_string()}`" in text("assets.md")
    names = {job.name for job in repository.get_all_jobs() if not job.name.startswith("__")}
    names |= {schedule.name for schedule in repository.schedule_defs}
    names |= {sensor.name for sensor in repository.sensor_defs}
    names |= {pool for key in graph.materializable_asset_keys for pool in graph.get(key).pools or ()}
    assert {name for name in names if f"`{name}`" not in text("operations.md")} == set()


def test_every_figure_of_an_asset_is_explained() -> None:
    sources = (
        "tmdb/assets.py",
        "tmdb/images_asset.py",
        "tmdb/retention_asset.py",
        "hotstar/assets.py",
        "hotstar/retention_asset.py",
        "instance/assets.py",
        "streaming/trending_assets.py",
        "streaming/watchmode_assets.py",
        "streaming/availability_assets.py",
        "streaming/coming_soon_assets.py",
        "streaming/retention_asset.py",
        "trakt/trending_assets.py",
    )
    figures = {
        str(key.value)
        for name in sources
        for call in ast.walk(ast.parse((PROJECT_ROOT / "catalog_assets" / name).read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "MaterializeResult"
        for keyword in call.keywords
        if keyword.arg == "metadata" and isinstance(keyword.value, ast.Dict)
        for key in keyword.value.keys
        if isinstance(key, ast.Constant)
    }
    assert figures
    assert {name for name in figures if f"`{name}`" not in text("assets.md")} == set()


def test_the_printed_run_configuration_is_taken() -> None:
    (printed,) = blocks("troubleshooting.md", "yaml")
    census = build_definitions().resolve_job_def("census")
    assert dg.validate_run_config(census, yaml.safe_load(printed))


def test_every_finding_of_the_health_sensor_has_an_entry() -> None:
    source = (PROJECT_ROOT / "catalog_assets/health.py").read_text(encoding="utf-8")
    found = set(re.findall(r'yield "([a-z-]+)"', source)) | {"poll-failed", "census-failed"}
    entries = set(re.findall(r"^\| `hotstar/movies/([a-z-]+)`", text("troubleshooting.md"), re.MULTILINE))
    assert entries == found


# -- Settings --------------------------------------------------------------------------------------------------------


def test_every_variable_is_in_the_example_and_every_one_there_is_read() -> None:
    example = (PROJECT_ROOT / ".env.example").read_text(encoding="utf-8")
    given = dict(re.findall(r"^([A-Z_]+)=(.*)$", example, re.MULTILINE))
    fields = {name.upper(): field for name, field in Settings.model_fields.items()}
    assert set(given) == set(fields)
    for name, value in given.items():
        assert value == ("" if fields[name].default is None else str(fields[name].default)), name


# -- Facts -----------------------------------------------------------------------------------------------------------


def test_guards_times_and_limits_are_those_of_the_code() -> None:
    hours = {name: int(span.total_seconds() // 3600) for name, span in (("late", LATE), ("pause", CENSUS_PAUSE))}
    guard = f"max({GUARD_MINIMUM}, {GUARD_SHARE * 100:.0f} % of the active"
    facts = {
        "tables.md": [
            guard,
            f"began at least {INDEX_LAG.total_seconds() / 3600:.0f} hour after the item was last seen",
        ],
        "checks.md": [
            guard,
            f"lists the first {SHOWN}",
            f"within {PROVED_IN_DAYS} days",
            f"asked for {hours['pause']} hours later",
            f"{READ_A_DAY} of them are read whole",
        ],
        "troubleshooting.md": [
            guard,
            f"asked for {hours['pause']} hours after the last",
            f"no load began for {hours['late']} hours",
            f"stored no page for {QUIET.total_seconds() / 60:.0f} minutes",
            f"began more than {OVERDUE.days} days ago",
            f"more than {POLL_EVERY.total_seconds() / 3600:.0f} hours {SLACK.total_seconds() / 60:.0f} minutes",
            f"slower than {HOTSTAR_PACE.slow_s:.0f} seconds, or none within {HOTSTAR_PACE.timeout_s:.0f} seconds",
            f"nobody asks for {HOTSTAR_PACE.rest_s:.0f} seconds",
            f"TMDB: {TMDB_PACE.slow_s:.0f}, {TMDB_PACE.timeout_s:.0f} and {TMDB_PACE.rest_s:.0f} seconds",
            f"A run waits for {RESTS_A_RUN} rests",
            f"{ATTEMPTS} times at most",
            f"`read {MOST_READINGS} times without proof",
        ],
        "architecture.md": [
            f"(Hotstar: {HOTSTAR_PACE.interval_s:.0f} second)",
            f"at most {HOTSTAR_PACE.at_once} requests",
            f"lives {WINDOW_S:,} seconds and is renewed {RENEW_S} seconds before",
            f"Both {ATTEMPTS} times at most",
            f"no answer within {HOTSTAR_PACE.timeout_s:.0f} seconds",
            f"or one slower than {HOTSTAR_PACE.slow_s:.0f} seconds: a rest of {HOTSTAR_PACE.rest_s:.0f} seconds",
            f"(TMDB: {TMDB_PACE.timeout_s:.0f}, {TMDB_PACE.slow_s:.0f} and {TMDB_PACE.rest_s:.0f} seconds)",
            f"a run waits for {RESTS_A_RUN} rests",
            f"{HOTSTAR_PAGING.reach:,} items be paged under one filter",
            f"at most {HOTSTAR_PAGING.capacity:,} films",
            f"(planned for {HOTSTAR_PAGING.items(HOTSTAR_PAGING.planned_pages):,})",
            f"offsets advance by {HOTSTAR_PAGING.step}",
            f"read again, at most {MOST_READINGS} times in all",
        ],
    }
    missing = {page: [fact for fact in known if fact not in plain(page)] for page, known in facts.items()}
    assert not any(missing.values()), missing


def test_freshness_is_as_the_policies_say() -> None:
    def spans(policy: Any) -> tuple[float, float]:
        return policy.warn_window.to_timedelta().total_seconds(), policy.fail_window.to_timedelta().total_seconds()

    warn, fail = (seconds / 3600 for seconds in spans(POLL_FRESHNESS))
    assert f"for {warn:.0f} hours, fails after {fail:.0f}" in plain("assets.md")
    warn, fail = (seconds / 86_400 for seconds in spans(WEEK_FRESHNESS))
    assert f"for {warn:.0f} days, fails after {fail:.0f}" in plain("assets.md")


def test_what_dagster_keeps_is_what_its_configuration_says() -> None:
    instance = yaml.safe_load((PROJECT_ROOT / "dagster.yaml").read_text(encoding="utf-8"))
    sensor = instance["retention"]["sensor"]["purge_after_days"]
    page = plain("operations.md")
    assert f"schedules after {instance['retention']['schedule']['purge_after_days']} days" in page
    assert f"after {sensor['skipped']} (skipped) and {sensor['success']} (success, failure)" in page
    assert sensor["failure"] == sensor["success"]
    kept = Settings.model_fields
    assert f"({kept['keep_update_pages_days'].default} unless set)" in page
    assert f"({kept['keep_censuses'].default} unless set)" in page
    assert f"({kept['keep_run_logs_days'].default} unless set)" in page
    assert f"at most {instance['concurrency']['runs']['max_concurrent_runs']} runs at once" in page
    assert f"more than {instance['run_monitoring']['max_runtime_seconds'] // 3600} hours" in page


_SPECIFIC = re.compile(
    r"…|\x00|hotstar|/movie/search|https?://[\w.:]+|/path/to/[\w.]+|\d+|ConnectError|Address already in use|[()]|: "
)


def pieces(message: str) -> list[str]:
    """What a message always says: one text of the code, or two with a colon between."""
    found = (piece.strip(" .,:;*()«»") for piece in _SPECIFIC.split(" ".join(message.split())))
    return [piece for piece in found if len(piece) > 3]


@cache
def messages_of_the_code() -> list[str]:
    """Every text in the code, with a NUL for what is filled in, and the Makefile as one text."""
    found = [(PROJECT_ROOT / "Makefile").read_text(encoding="utf-8")]
    sources = [path for name in ("catalog_assets", "resources") for path in (PROJECT_ROOT / name).rglob("*.py")]
    for path in sources:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.JoinedStr):
                found.append("".join(str(p.value) if isinstance(p, ast.Constant) else "\0" for p in node.values))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.append(node.value)
    found += [path.read_text(encoding="utf-8") for path in (PROJECT_ROOT / "sql").rglob("*.sql")]
    return found


def printed_messages() -> list[str]:
    page = text("troubleshooting.md")
    problems = page.split("## A census is incomplete", 1)[1].split("\n## ", 1)[0]
    quoted = re.findall(r"^\*`(.+)`\*", page, re.MULTILINE)
    return quoted + re.findall(r"^\| `([^|]+)` \|", problems, re.MULTILINE)


@pytest.mark.parametrize("message", printed_messages())
def test_a_quoted_message_is_one_of_the_code(message: str) -> None:
    wanted = pieces(message)
    assert wanted
    texts = [" ".join(known.split()) for known in messages_of_the_code()]
    assert [piece for piece in wanted if not any(piece in known for known in texts)] == []


# -- Links -----------------------------------------------------------------------------------------------------------


def anchors(page: Path) -> set[str]:
    titles = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def links() -> list[tuple[str, str]]:
    found = [(name, link) for name in PAGES for link in re.findall(r"\]\(([^)\s]+)\)", text(name))]
    return sorted({(name, link) for name, link in found if not link.startswith("http")})


@pytest.mark.parametrize(("page", "link"), links())
def test_a_link_leads_somewhere(page: str, link: str) -> None:
    path, _, anchor = link.partition("#")
    target = (PAGES[page].parent / path).resolve() if path else PAGES[page]
    assert target.is_file()
    assert not anchor or anchor in anchors(target)


def test_pictures_are_small_and_every_page_is_linked() -> None:
    pictures = list((PROJECT_ROOT / "docs").glob("*.png"))
    assert {picture.name for picture in pictures} == {"lineage.png", "lineage_streaming.png"}
    assert max(picture.stat().st_size for picture in pictures) <= 300_000
    assert [name for name in PAGES if name != "README.md" and f"(docs/{name})" not in text("README.md")] == []


def test_no_page_names_this_machine() -> None:
    assert re.findall(r"/(?:home|root|work|tmp|Users)/\S*", everything()) == []
