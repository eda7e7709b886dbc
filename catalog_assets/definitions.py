"""The code location `catalog`: what Dagster's processes load."""

from catalog_assets.build import build_definitions
from resources.logs import configure
from resources.malloc import return_freed_memory
from resources.settings import load_settings

return_freed_memory()
configure(load_settings().catalog_log_level)
defs = build_definitions()
