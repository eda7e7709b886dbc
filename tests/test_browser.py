"""What a person does in the UI, done in a browser: look at assets and checks, run a day and a range, approve deletions.

The tests share one `catalog up` and stand in the order of its life: its start and its end cost seconds.
"""

import re
import shutil
import signal
import socket
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import httpx
import psycopg
import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect, sync_playwright

from catalog_assets.cli.sandbox import running_sandbox
from catalog_assets.hotstar.checks import CHECKS
from catalog_assets.partitions import HOTSTAR_ZONE, hotstar_days
from resources.embedded import EmbeddedServer
from tests.cli.test_up import Up, eventually, left_of
from tests.conftest import remove_home
from tests.untraced import UNTRACED_PROCESS

CHROMIUM = shutil.which("chromium")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium here (Debian: apt-get install chromium)")

QUIET = [
    "--no-sandbox",  # which Chromium refuses to make for root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
FILMS = 1_500
GONE = 300
PATIENCE_MS = 120_000
"""Longer than a busy machine takes for a run, or the daemon to take up a backfill, which it does every 30 s."""


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """A platform whose first load is over."""
    home = tmp_path_factory.mktemp("browser") / "home"
    with EmbeddedServer(home, sandbox=True, options={"fsync": "off"}):
        pass  # the cluster is made without waiting for the disk
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    started = Up(home, port, SANDBOX_MOVIES=str(FILMS), SANDBOX_SCALE="0.001", SANDBOX_RATE="0", **UNTRACED_PROCESS)
    try:
        started.await_saying("The first load is complete.")
        yield started
    finally:
        if started.process.poll() is None:
            started.end(signal.SIGTERM)
        left = left_of(home)
        remove_home(home)
    assert left == []


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def visitor(up: Up, browser: Browser) -> Iterator[BrowserContext]:
    """Somebody in India: the UI calls that day the latest which the browser's own clock has begun.

    The browser keeps the UI's scripts, which it takes seconds to read, from one test to the next.
    """
    context = browser.new_context(
        base_url=up.address,
        viewport={"width": 1500, "height": 1000},
        locale="en-US",
        timezone_id=HOTSTAR_ZONE,
        reduced_motion="reduce",
    )
    context.set_default_timeout(PATIENCE_MS)
    yield context
    context.close()


@pytest.fixture
def page(visitor: BrowserContext, tmp_path: Path) -> Iterator[Page]:
    """A visit; what it showed last is kept as a picture, whose place a failing test's report tells."""
    page = visitor.new_page()
    yield page
    picture = tmp_path / "page.png"
    page.screenshot(path=picture)
    print(f"{page.url} looked like {picture}")
    page.close()


def test_a_newcomer_finds_the_assets_their_columns_and_green_checks(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="Catalog").click()
    for name in ("movie_census", "movie_updates", "movies"):
        expect(asset_link(page, name)).to_be_visible()
    asset_link(page, "movies").click()
    expect(page.get_by_text("newest version of each, the deleted ones included")).to_be_visible()
    expect(page.get_by_text(f"{FILMS:,}", exact=True)).to_be_visible()
    expect(page.get_by_role("cell", name="Hotstar's public id, the natural key")).to_be_visible()
    page.get_by_role("tab", name="Checks").click()
    expect(page.get_by_text(f"Checks ({len(CHECKS)})", exact=True)).to_be_visible()
    expect(page.get_by_text("Succeeded", exact=True)).to_have_count(len(CHECKS))


def test_a_range_of_days_is_materialised_by_one_run_and_a_day_by_another(page: Page, up: Up) -> None:
    *_, first, _, last, today = (str(day) for day in hotstar_days.get_partition_keys())
    page.goto("/assets")
    for name in ("movie_updates", "movies"):
        page.locator("label").filter(has=page.get_by_test_id(f"checkbox-hotstar/{name}")).click()
    page.get_by_role("button", name="Materialize selected (2)").click()
    days = page.get_by_role("dialog").get_by_role("textbox")
    days.fill(f"[{first}...{last}]")
    days.press("Enter")
    backfill = launch(page, "Launch backfill")

    materialise_newest(page, "/assets/hotstar/movies", "Materialize…")
    run = launch(page, "Launch 1 run")
    await_success(page, up, run)
    expect(page.get_by_text(f"partition: {today}")).to_be_visible()

    await_end(page, up, {"tags": [{"key": "dagster/backfill", "value": named(backfill)}]})
    page.goto(f"{backfill}?tab=runs")
    run_link = page.get_by_role("link", name=re.compile(r"^run [0-9a-f]{8}$"))
    expect(run_link).to_have_count(1)
    await_success(page, up, str(run_link.get_attribute("href")))
    expect(page.get_by_text("2 assets")).to_be_visible()
    listed_s = "SELECT update_to_s - update_from_s FROM hotstar.listings WHERE purpose = 'update' ORDER BY listing_id"
    assert max(int(str(seconds)) for (seconds,) in rows(up, listed_s)) >= 3 * 86_400


def test_a_person_approves_deletions_through_run_configuration(page: Page, up: Up) -> None:
    control(up, do="lag", seconds=0)
    control(up, do="remove", count=GONE)
    with EmbeddedServer(up.home, sandbox=True) as server, psycopg.connect(server.urls.source.get_secret_value()) as own:
        # A census finds missing what was last seen an hour before it began.
        own.execute("UPDATE hotstar.sightings SET sent_at = sent_at - interval '2 hours'")

    materialise_newest(page, "/locations/catalog/jobs/census", "Materialize all…")
    withheld = launch(page, "Launch 1 run")
    await_end(page, up, {"runIds": [named(withheld)]})
    page.goto(withheld)
    expect(page.get_by_text("Failure", exact=True)).to_be_visible()
    page.goto("/assets/hotstar/movies?view=checks")
    expect(check(page, "no_deletion_withheld").get_by_text("Failed", exact=True)).to_be_visible()
    check(page, "no_deletion_withheld").click()
    count = page.get_by_text(re.compile(r"^[1-9]\d* found$")).inner_text().removesuffix(" found")

    materialise_newest(page, "/locations/catalog/jobs/census", "Materialize all…")
    page.get_by_role("dialog").get_by_text("Config", exact=True).click()
    page.get_by_role("button", name="Add config").click()
    editor = page.get_by_role("dialog").filter(has_text="Config Editor")
    editor.locator(".CodeMirror-code").click()
    page.keyboard.insert_text(f"ops:\n  hotstar__movie_census:\n    config:\n      approve_deletions: {count}\n")
    expect(editor.get_by_text("No errors", exact=True)).to_be_visible()
    editor.get_by_role("button", name="Save config").click()
    expect(editor).to_have_count(0)
    await_success(page, up, launch(page, "Launch 1 run"))
    page.goto("/assets/hotstar/movies?view=checks")
    expect(check(page, "no_deletion_withheld").get_by_text("Succeeded", exact=True)).to_be_visible()
    page.get_by_role("tab", name="Events").click()
    for told in (f"deleted {count}", f"missing {GONE}", "withheld 0"):
        expect(page.get_by_role("row", name=told, exact=True)).to_be_visible()
    assert rows(up, "SELECT count(*) FROM hotstar_movies WHERE deletion_reason = 'missing'") == [(GONE,)]


def asset_link(page: Page, name: str) -> Locator:
    return page.get_by_role("link", name=f"hotstar / {name}")


def check(page: Page, name: str) -> Locator:
    """A check's entry in the list of them, with its state."""
    return page.locator("a, button, div").filter(has_text=re.compile(rf"^{name}")).first


def materialise_newest(page: Page, where: str, button: str) -> None:
    """Open the dialog that materialises partitions, and choose the newest day."""
    page.goto(where)
    page.get_by_role("button", name=button).click()
    newest = page.get_by_role("dialog").get_by_role("button", name="Latest")
    sure = page.get_by_role("dialog").get_by_role("button", name="Confirm")  # where no day of an upstream was ever run
    expect(newest.or_(sure)).to_be_visible()
    if sure.is_visible():
        sure.click()
    newest.click()


def launch(page: Page, button: str) -> str:
    """Launch what the dialog says; the path of the run's or the backfill's page is returned."""
    page.get_by_role("dialog").get_by_role("button", name=button).click()
    told = page.get_by_role("region", name=re.compile("Notifications")).get_by_role("link", name="View")
    return str(told.get_attribute("href"))


def named(path: str) -> str:
    """The id of the run or the backfill that a path shows."""
    return path.partition("?")[0].rstrip("/").rpartition("/")[2]


def await_end(page: Page, up: Up, filtered: Mapping[str, object]) -> None:
    """Wait on an empty page until there are such runs and they have ended: a page of a run that goes on is drawn anew
    all the time, which keeps a processor from the run.
    """
    page.goto("about:blank")
    query = "query ($of: RunsFilter!) { runsOrError(filter: $of) { ... on Runs { results { status } } } }"
    asked = {"query": query, "variables": {"of": filtered}}

    def ended() -> bool:
        answer = client.post(f"{up.address}/graphql", json=asked).json()
        statuses = {run["status"] for run in answer["data"]["runsOrError"]["results"]}
        return bool(statuses) and statuses <= {"SUCCESS", "FAILURE", "CANCELED"}

    with httpx.Client(trust_env=False, timeout=60) as client:
        eventually(ended, what=f"the end of {filtered}")


def await_success(page: Page, up: Up, run: str) -> None:
    await_end(page, up, {"runIds": [named(run)]})
    page.goto(run)
    expect(page.get_by_text("Success", exact=True)).to_be_visible()


def control(up: Up, **action: object) -> None:
    sandbox = running_sandbox(up.home)
    assert sandbox is not None
    httpx.post(f"http://127.0.0.1:{sandbox.port}/_control", json=action, trust_env=False).raise_for_status()


def rows(up: Up, query: str) -> Sequence[tuple[object, ...]]:
    with EmbeddedServer(up.home, sandbox=True) as server, psycopg.connect(server.urls.source.get_secret_value()) as own:
        return own.execute(query.encode()).fetchall()
