"""Works with TMDB's offers, answers of Watchmode's and directories, as the merge of offers finds them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import psycopg

from catalog_assets.streaming.availability import AvailabilityMerged, merge_availability
from catalog_assets.streaming.providers import merge_providers
from tests.streaming.conftest import START

Said = Mapping[str, Mapping[str, Sequence[int]]]
"""What TMDB says of a title: providers by country and word."""

NAMES = {8: "Netflix", 9: "Amazon Prime Video", 119: "Amazon Prime Video", 2: "Apple TV", 3: "Google Play Movies"}


def offer(source_id: int, type_: str | None, region: str, **more: Any) -> dict[str, Any]:
    """A row of Watchmode's."""
    return {
        "source_id": source_id, "name": f"Service {source_id}", "type": type_, "region": region, "web_url": None,
        "ios_url": "Deeplinks available for paid plans only.", "android_url": None, "format": None, "price": None,
        "seasons": None, "episodes": None,
    } | more  # fmt: skip


@dataclass
class Offers:
    """A database to which sources tell who offers what."""

    connection: psycopg.Connection
    pages: int = field(default=0)

    def tmdb(
        self, tmdb_id: int, said: Said | None, *, at: datetime = START, media_type: str = "movie", lends: bool = False
    ) -> None:
        """TMDB's details of a title are merged; without `said` the block is missing, and lent where `lends`."""
        streaming = {
            country: {
                "link": f"https://www.themoviedb.org/movie/{tmdb_id}/watch?locale={country}",
                **{
                    word: [
                        {"provider_id": n, "provider_name": NAMES.get(n, f"Provider {n}"), "logo_path": f"/{n}.jpg"}
                        for n in providers
                    ]
                    for word, providers in words.items()
                },
            }
            for country, words in (said or {}).items()
        }
        self.details(tmdb_id, streaming, at=at, media_type=media_type, has_block=said is not None, lends=lends)

    def details(
        self,
        tmdb_id: int,
        streaming: Mapping[str, Any],
        *,
        at: datetime = START,
        media_type: str = "movie",
        has_block: bool = True,
        lends: bool = False,
    ) -> None:
        """A title's column `streaming`, as its merge writes it."""
        self.connection.execute(
            """
            WITH title AS (
              INSERT INTO tmdb.titles (media_type, tmdb_id, wanted_by, wanted_at)
              VALUES (%(media_type)s, %(tmdb_id)s, 'ids', %(at)s)
              ON CONFLICT (media_type, tmdb_id) DO UPDATE SET wanted_by = excluded.wanted_by
              RETURNING work_id
            ),
            page AS (
              INSERT INTO tmdb.pages (
                endpoint, media_type, tmdb_id, path, params, status, sent_at, received_at, body, body_bytes,
                body_sha256, blocks, run_id
              )
              VALUES (
                'details', %(media_type)s, %(tmdb_id)s, '/', '{}', 200, %(at)s, %(at)s, '', 0,
                '', %(blocks)s, 'run'
              )
              RETURNING page_id
            ),
            content AS (
              INSERT INTO tmdb.contents AS c (
                work_id, page_id, block_pages, content_hash, schema_version, fetched_at, confirmed_at, changed_at
              )
              SELECT
                work_id, page_id, '{}', gen_random_uuid(), (SELECT max(version) FROM tmdb.schema_versions),
                %(at)s, %(at)s, %(at)s
              FROM title, page
              ON CONFLICT (work_id) DO UPDATE SET
                block_pages = CASE WHEN %(lends)s THEN jsonb_build_object('watch/providers', c.page_id) ELSE '{}' END,
                page_id = excluded.page_id, content_hash = excluded.content_hash,
                fetched_at = excluded.fetched_at, confirmed_at = excluded.confirmed_at
            )
            INSERT INTO tmdb.details AS d (
              work_id, title, streaming, genres, genre_ids, certifications, cast_members, crew_members, directors,
              trailers, still_images, production_companies, production_countries, keywords, spoken_languages,
              origin_country, alternative_titles, translations, external_ids
            )
            SELECT
              work_id, 'A title', %(streaming)s, '{}', '{}', '{}', '[]', '[]', '{}',
              '[]', '{}', '[]', '{}', '{}', '{}',
              '{}', '[]', '[]', '{}'
            FROM title
            ON CONFLICT (work_id) DO UPDATE SET
              streaming = CASE WHEN %(lends)s THEN d.streaming ELSE excluded.streaming END
            """,
            {
                "media_type": media_type,
                "tmdb_id": tmdb_id,
                "at": at,
                "blocks": ["watch/providers"] if has_block else [],
                "streaming": json.dumps(streaming),
                "lends": lends,
            },
        )

    def watchmode(
        self,
        tmdb_id: int,
        offers: object,
        regions: str = "US,IN",
        *,
        at: datetime = START,
        media_type: str = "movie",
        problem: str | None = None,
    ) -> None:
        """Watchmode answered about a title."""
        self.page(
            "watchmode", "title_sources", offers, at=at, media_type=media_type, tmdb_id=tmdb_id, problem=problem,
            params={"regions": regions},
        )  # fmt: skip

    def unknown(self, tmdb_id: int, regions: str = "US,IN", *, at: datetime = START, media_type: str = "movie") -> None:
        """Watchmode answered that it knows no such title."""
        self.page(
            "watchmode", "title_sources", b"", at=at, media_type=media_type, tmdb_id=tmdb_id, status=404,
            params={"regions": regions},
        )  # fmt: skip

    def page(
        self,
        service: str,
        endpoint: str,
        answer: object,
        *,
        at: datetime = START,
        media_type: str | None = None,
        tmdb_id: int | None = None,
        problem: str | None = None,
        params: Mapping[str, str] | None = None,
        status: int = 200,
    ) -> None:
        """Any answer is stored."""
        self.pages += 1
        body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        self.connection.execute(
            """
            INSERT INTO streaming.pages (
              service, endpoint, rule, cache_key, media_type, tmdb_id, path, params, status, sent_at, received_at,
              body, body_bytes, body_sha256, problem, run_id
            )
            VALUES (%s, %s, 'rule', %s, %s, %s, '/', %s, %s, %s, %s, %s, 0, '', %s, 'run')
            """,
            (
                service, endpoint, f"{service}:{endpoint}:{media_type}:{tmdb_id}", media_type, tmdb_id,
                json.dumps(params or {}), status, at, at, body, problem,
            ),
        )  # fmt: skip

    def directory(self, *rows: tuple[int, str, Sequence[str]], at: datetime = START, media_type: str = "movie") -> None:
        """TMDB lists providers: number, name, regions."""
        listed = [
            {"provider_id": number, "provider_name": name, "logo_path": f"/{number}.jpg", "display_priority": place,
             "display_priorities": dict.fromkeys(regions, place + 1)}
            for place, (number, name, regions) in enumerate(rows)
        ]  # fmt: skip
        self.page("tmdb", "watch_providers", {"results": listed}, at=at, media_type=media_type)

    def sources(self, *rows: tuple[int, str, str, Sequence[str]], at: datetime = START) -> None:
        """Watchmode lists services: number, name, type, regions."""
        listed = [
            {"id": number, "name": name, "type": type_, "logo_100px": f"https://logos.example/{number}.png",
             "regions": list(regions)}
            for number, name, type_, regions in rows
        ]  # fmt: skip
        self.page("watchmode", "sources", listed, at=at)

    def merge(self) -> AvailabilityMerged:
        return merge_availability(self.connection)

    def merge_providers(self) -> None:
        merge_providers(self.connection)

    def rows(self, query: str, *params: Any) -> list[tuple[Any, ...]]:
        return self.connection.execute(query.encode(), params or None).fetchall()

    def offered(self, tmdb_id: int, media_type: str = "movie") -> set[tuple[Any, ...]]:
        """Region, provider and type of every offer of a title, by the view."""
        return set(
            self.rows(
                "SELECT region, service_name, service_type FROM streaming_availability"
                " WHERE media_type = %s AND tmdb_id = %s",
                media_type,
                tmdb_id,
            )
        )

    def changes(self) -> list[tuple[Any, ...]]:
        """What came and went, in order: region, provider, type, change, when, whose."""
        return self.rows(
            "SELECT c.region, p.name, c.offer_type, c.change, c.seen_at, c.source"
            " FROM availability_changes AS c JOIN streaming.providers AS p USING (provider_id) ORDER BY c.change_id"
        )


def listed_offers(connection: psycopg.Connection) -> Offers:
    """A database that knows what the directories list, and how long answers count."""
    connection.execute(
        "INSERT INTO streaming.ttls VALUES ('tmdb_providers', '24 hours'), ('watchmode_availability', '12 hours')"
    )
    ready = Offers(connection)
    ready.directory(
        (8, "Netflix", ["US", "IN"]), (2, "Apple TV", ["US"]), (9, "Amazon Prime Video", ["US"]),
        (119, "Amazon Prime Video", ["IN"]), (337, "Disney Plus", ["US"]), (3, "Google Play Movies", ["US"]),
    )  # fmt: skip
    ready.sources(
        (203, "Netflix", "sub", ["US"]), (349, "iTunes", "purchase", ["US"]), (26, "Prime Video", "sub", ["US"]),
        (372, "Disney+", "sub", ["US"]), (371, "AppleTV+", "sub", ["US"]),
    )  # fmt: skip
    ready.merge_providers()
    return ready
