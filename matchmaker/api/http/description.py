"""The description of the API: worked out when somebody asks for it, not when a process starts.

The schemas of all shapes take a quarter of the time that a process takes until it serves, and
most processes are never asked for them.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from typing import Any

from flask_openapi3 import APIBlueprint, OpenAPI
from flask_openapi3.utils import parse_parameters

# Applications of one process share their areas.
_lock = threading.Lock()


class Area(APIBlueprint):  # type: ignore[misc]
    """The routes of an area, which are described later."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._undescribed: list[Callable[[], object]] = []

    def _collect_openapi_info(self, rule: str, func: Callable[..., Any], **described: Any) -> Any:
        self._undescribed.append(partial(super()._collect_openapi_info, rule, func, **described))
        return parse_parameters(func, doc_ui=False)

    def describe(self) -> None:
        """Describe the routes that are not described yet."""
        for describe in self._undescribed:
            describe()
        self._undescribed.clear()


class DescribedApplication(OpenAPI):  # type: ignore[misc]
    """An application of areas, which are registered with `register_area`."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._areas: list[Area] = []

    def register_area(self, area: Area) -> None:
        self._areas.append(area)
        self.register_blueprint(area)

    @property
    def api_doc(self) -> dict[str, Any]:
        """The description in JSON, of version 3.1 of OpenAPI."""
        with _lock:
            if not self.spec_json:
                for area in self._areas:
                    self._describe(area)
            described: dict[str, Any] = super().api_doc
        return described

    def _describe(self, area: Area) -> None:
        area.describe()
        self.tags.extend(tag for tag in area.tags if tag.name not in self.tag_names)
        self.tag_names.extend(tag.name for tag in area.tags if tag.name not in self.tag_names)
        self.paths.update(area.paths)
        self.components_schemas.update(area.components_schemas)
