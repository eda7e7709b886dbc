"""What every step of ours does alike: its log lines bear its names, and its errors are for a person."""

from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg
import structlog

from resources.errors import CatalogError


@contextmanager
def step(context: dg.AssetExecutionContext) -> Iterator[None]:
    """Names the run and the asset in every log line; an error of ours ends the step for good.

    It says what to do next: Dagster shows it and does not try again by itself.
    """
    # An asset's step is named like the asset; one that makes several is named like the first.
    names = {"run_id": context.run.run_id, "asset": context.op_def.name.replace("__", "/")}
    with structlog.contextvars.bound_contextvars(**names):
        try:
            yield
        except CatalogError as error:
            raise dg.Failure(str(error), allow_retries=False) from error
