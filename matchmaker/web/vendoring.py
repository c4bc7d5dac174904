"""Copies the browser's libraries from node_modules beside the pages, compressed too.

`python -m matchmaker.web.vendoring NODE_MODULES`; `make` runs it after `npm ci`.
"""

from __future__ import annotations

import gzip
import shutil
import sys
from pathlib import Path

FILES = (
    "htmx.org/dist/htmx.min.js",
    "cytoscape/dist/cytoscape.min.js",
    "echarts/dist/echarts.common.min.js",
    "graphology/dist/graphology.umd.min.js",
    "graphology-library/dist/graphology-library.min.js",
    "sigma/dist/sigma.min.js",
    "d3-array/dist/d3-array.min.js",
    "d3-geo/dist/d3-geo.min.js",
    "topojson-client/dist/topojson-client.min.js",
    "world-atlas/land-110m.json",
    "world-atlas/land-50m.json",
)
VENDOR = Path(__file__).parent / "vendor"


def copy(modules: Path) -> None:
    """Each file and its gzip."""
    VENDOR.mkdir(exist_ok=True)
    for name in FILES:
        target = VENDOR / Path(name).name
        shutil.copyfile(modules / name, target)
        target.with_name(f"{target.name}.gz").write_bytes(
            gzip.compress(target.read_bytes(), 9, mtime=0)
        )


if __name__ == "__main__":
    copy(Path(sys.argv[1]))
