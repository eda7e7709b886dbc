"""The code location `catalog`."""

from catalog_assets.build import build_definitions

defs = build_definitions()
