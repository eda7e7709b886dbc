"""The two jobs of Hotstar. Assets of all kinds share one partitions definition, so one job can run any of them."""

import dagster as dg
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition

from catalog_assets.hotstar.kinds import KINDS

POLL = "poll"
CENSUS = "census"

_TABLES = dg.AssetSelection.assets(*(["hotstar", kind.plural] for kind in KINDS.values()))
_UPDATES = dg.AssetSelection.assets(*(["hotstar", f"{kind.name}_updates"] for kind in KINDS.values()))
_CENSUSES = dg.AssetSelection.assets(*(["hotstar", f"{kind.name}_census"] for kind in KINDS.values()))


def jobs() -> list[UnresolvedAssetJobDefinition]:
    """`poll` lists what changed on a day, `census` lists everything; both merge and check."""
    return [
        dg.define_asset_job(
            POLL,
            selection=_UPDATES | _TABLES,
            description="What changed on a day, merged and checked: today every 4 hours, yesterday at 02:00.",
        ),
        dg.define_asset_job(
            CENSUS,
            selection=_CENSUSES | _TABLES,
            description="A complete, proven listing, merged and checked: the first load, then one a week.",
        ),
    ]
