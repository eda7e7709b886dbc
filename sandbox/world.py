"""All that is simulated: the clock, the catalogues, the services, the faults and what waits for a request."""

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass

from sandbox.access import Access
from sandbox.catalogue import Catalogue
from sandbox.clock import Clock
from sandbox.faults import Faults, failing, spoil
from sandbox.hotstar import Hotstar
from sandbox.hotstar_kinds import Sizes, makers
from sandbox.kept import Kept
from sandbox.ledger import Ledger
from sandbox.limits import Limiter, WindowLimiter
from sandbox.requests import Asked, Reply, Service
from sandbox.schedule import Schedule
from sandbox.series import Series
from sandbox.tmdb import Tmdb
from sandbox.tmdb_films import Films
from sandbox.tmdb_images import TmdbImages
from sandbox.tmdb_series import TvSeries
from sandbox.trakt import Trakt
from sandbox.trakt_rankings import Rankings
from sandbox.trakt_sign_in import TraktSignIn
from sandbox.watchmode import Watchmode
from sandbox.watchmode_account import Account
from sandbox.youtube_images import YoutubeImages


@dataclass(frozen=True, slots=True)
class Options:
    """What a sandbox is started with."""

    seed: int
    sizes: Sizes
    rate: float
    """Requests a second; 0: no limit."""
    latency: float
    """Seconds per 1,000 items."""
    cache_bytes: int
    """Of encoded items, all kinds together."""
    hotstar_partner: str
    hotstar_secret: bytes
    tmdb_token: str
    tmdb_key: str
    tmdb_rate: float
    """Requests a second; 0: no limit."""
    tmdb_latency: float
    """Seconds an answer takes."""
    trakt_client_id: str
    trakt_client_secret: str
    trakt_rate: float
    """Requests in five minutes; 0: no limit."""
    trakt_token_s: int
    """Seconds that a user's access token lives."""
    trakt_poll_s: int
    """Seconds between two questions whether a user entered a code."""
    watchmode_key: str
    watchmode_rate: float
    """Requests a second over a minute; 0: no limit."""
    watchmode_quota: int
    """Credits a month."""


class World:
    """Everything a request or an action can touch. Its methods run on one thread, one at a time."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.clock = Clock()
        self.faults = Faults()
        self.schedule = Schedule()
        series = Series(options.seed, shows=options.sizes.shows, episodes=options.sizes.episodes)
        kept = Kept(options.cache_bytes)
        self.catalogues = {
            kind.name: Catalogue(kind, make, seed=options.seed, clock=self.clock, kept=kept)
            for kind, make in makers(options.seed, options.sizes, self.clock, series).items()
        }
        self.access = Access(options.hotstar_partner, options.hotstar_secret)
        hotstar = Hotstar(
            self.catalogues, access=self.access, limiter=Limiter(rate=options.rate, latency=options.latency)
        )
        films, tv_series = Films(options.seed, options.sizes.movies), TvSeries(options.seed, series)
        self.tmdb = Tmdb(
            films,
            tv_series,
            clock=self.clock,
            token=options.tmdb_token,
            key=options.tmdb_key,
            limiter=Limiter(rate=options.tmdb_rate, latency=options.tmdb_latency),
        )
        self.watchmode = Watchmode(
            options.seed,
            films,
            tv_series,
            clock=self.clock,
            account=Account(options.watchmode_key, options.watchmode_quota, self.clock),
            limiter=WindowLimiter(rate=options.watchmode_rate, latency=0),
        )
        self.trakt = Trakt(
            Rankings(options.seed, self.tmdb.lists, self.clock),
            client_id=options.trakt_client_id,
            limiter=WindowLimiter(rate=options.trakt_rate / 300, latency=0, window_s=300),
        )
        self.trakt_sign_in = TraktSignIn(
            self.clock,
            client_id=options.trakt_client_id,
            client_secret=options.trakt_client_secret,
            token_lives_s=options.trakt_token_s,
            interval_s=options.trakt_poll_s,
        )
        self.services: tuple[Service, ...] = (
            self.tmdb, self.watchmode, self.trakt, self.trakt_sign_in, TmdbImages(), YoutubeImages(), hotstar,
        )  # fmt: skip
        self.ledgers = {service.name: Ledger() for service in self.services}
        self.changes: list[dict[str, object]] = []
        """Every change since the start, with the sandbox's time and the content ids it touched."""
        self._undo: dict[str, Callable[[], None]] = {
            "clock": self.clock.reset,
            "catalogue": self._reset_catalogues,
            "faults": self.faults.reset,
            "schedule": self.schedule.reset,
            "ledger": self._reset_ledgers,
            "pace": self._reset_pace,
            "tokens": self._accept_tokens,
            "account": self.watchmode.reset,
        }

    def expire_tokens(self) -> float:
        """Refuse tokens that begin before now, and return that second of real time."""
        self.access.not_before = time.time()
        return self.access.not_before

    def reset(self, parts: Collection[str] | None) -> None:
        """Go back to the start: everything, or the parts named."""
        for part, undo in self._undo.items():
            if parts is None or part in parts:
                undo()

    def _reset_catalogues(self) -> None:
        for catalogue in self.catalogues.values():
            catalogue.reset()
        self.tmdb.reset()
        self.changes.clear()

    def _reset_ledgers(self) -> None:
        for ledger in self.ledgers.values():
            ledger.entries.clear()
        self.watchmode.account.forget()
        self.trakt.with_a_token = 0

    def _reset_pace(self) -> None:
        for service in self.services:
            service.limiter.reset()

    def _accept_tokens(self) -> None:
        self.trakt_sign_in.reset()
        self.access.not_before = 0.0

    def service_for(self, path: str) -> Service:
        """Return the service that answers for a path; the last one takes what no other claims."""
        return next(service for service in self.services if service.claims(path))

    def respond(self, service: Service, asked: Asked) -> Reply:
        """Answer an admitted request, with what was scheduled around it and the fault that hits it."""
        after = self.schedule.before(asked)
        fault = self.faults.take(asked)
        reply = failing(fault, service) if fault is not None else None
        if reply is None:
            reply = service.answer(asked)
            if fault is not None:
                reply = spoil(reply, fault)
        for waiting in after:
            waiting.action()
        self.ledgers[service.name].record(asked, reply, admitted=True, clock=self.clock.now())
        return reply

    def refuse(self, service: Service, asked: Asked, early: float) -> Reply:
        """Answer a request that came `early` seconds too soon."""
        reply = service.refuse(early)
        self.ledgers[service.name].record(asked, reply, admitted=False, clock=self.clock.now())
        return reply
