"""Assembles the definitions; tests and deployments assemble variants here."""

from collections.abc import Mapping
from typing import Any

import dagster as dg

from catalog_assets.automation import automation
from catalog_assets.hotstar.assets import hotstar_assets
from catalog_assets.hotstar.checks import hotstar_checks
from catalog_assets.hotstar.figures_asset import daily_figures
from catalog_assets.jobs import jobs
from resources.dagster_resources import Hotstar, SourceDatabase


def build_definitions(*, resources: Mapping[str, Any] | None = None) -> dg.Definitions:
    """Everything that the code location serves.

    Runs use the in-process executor: killing a run's one process leaves nothing that goes on writing.

    Args:
        resources: Resources that replace the ones of the same name (`source`, `hotstar`).
    """
    schedules, sensors = automation()
    return dg.Definitions(
        assets=[*hotstar_assets(), daily_figures],
        asset_checks=hotstar_checks(),
        jobs=jobs(),
        schedules=schedules,
        sensors=sensors,
        resources={"source": SourceDatabase(), "hotstar": Hotstar(), **(resources or {})},
        executor=dg.in_process_executor,
    )
