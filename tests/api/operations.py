"""The operations of the API as the application has them, without the description of them."""

import re
from collections import defaultdict
from pathlib import Path
from typing import get_type_hints

from matchmaker.app import create_app
from matchmaker.settings import Settings
from matchmaker.wiring import wire
from tests.api.things_of_routes import API

# Only read for its routes: nothing is opened, nothing written, and nothing described yet, which
# every worker that collects these tests would do.
APPLICATION = create_app(wire(Settings(data_dir=Path("unused"), _env_file=None)))


def routes():
    """Each path of the API, its methods, and what may be sent: a model by `path`, `query`, `body` …

    Paths in the order and the spelling of the description.
    """
    paths = defaultdict(dict)
    for rule in APPLICATION.url_map.iter_rules():
        if rule.rule.startswith(f"{API}/"):
            path = re.sub(r"<(?:[^<:]+:)?([^>]+)>", r"{\1}", rule.rule)
            sent = get_type_hints(APPLICATION.view_functions[rule.endpoint])
            sent.pop("return", None)
            paths[path] |= {method.lower(): sent for method in rule.methods - {"HEAD", "OPTIONS"}}
    return [
        (path, method, item[method])
        for path, item in paths.items()
        for method in ("get", "put", "post", "delete", "patch")
        if method in item
    ]


ROUTES = routes()
