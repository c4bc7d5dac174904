"""Sources of facts in words: a file by its name only where a person brought it."""

from __future__ import annotations

from collections.abc import Mapping

from flask import g

from matchmaker.api.http.context import services
from matchmaker.api.http.sources import hidden_sources
from matchmaker.domain import Cluster
from matchmaker.messages import Message, message
from matchmaker.provenance import LISTED, POSTED, SAID_HERE
from matchmaker.regex import regex
from matchmaker.services.auditing.survey_sync import SOURCE as SURVEY
from matchmaker.services.directory.cluster_sources import CLUSTER_LIST
from matchmaker.web.labels import gettext, language
from matchmaker.web.layout import localised, web

_SAMPLE = message("sample data")
# What the program itself writes as a source.
_NAMES: dict[str, Message] = {
    "sample": _SAMPLE,
    "organizations.offices.csv": _SAMPLE,
    "offers.programmes.csv": _SAMPLE,
    SAID_HERE.source: message("said here"),
    POSTED: message("posted here"),
    LISTED: message("a list of its own"),
    "introduction": message("an introduction made here"),
    "gathering": message("a gathering held here"),
    SURVEY: message("a survey"),
    "derived": message("worked out here"),
    "import": message("an imported list"),
    CLUSTER_LIST: message("a list of a cluster"),
}
_FILE_OF_SAMPLES = regex(r"\w+\.samples\.csv")


@web.app_template_filter()
def source_name(source: str) -> str:
    """The name of a source: the program's own in words, any other as people named it.

    A list of a cluster by the cluster's name, and that only to the cluster's people.
    """
    if source in hidden_sources():
        source = CLUSTER_LIST
    known = _SAMPLE if _FILE_OF_SAMPLES.fullmatch(source) else _NAMES.get(source)
    if known is not None:
        return known.text(language())
    cluster = _clusters().get(source)
    return gettext("a list of %(cluster)s", cluster=localised(cluster)) if cluster else source


def _clusters() -> Mapping[str, Cluster]:
    """Clusters by what their lists are called, looked up once for a page."""
    if "clusters_of_lists" not in g:
        g.clusters_of_lists = services().cluster_sources.clusters()
    clusters: Mapping[str, Cluster] = g.clusters_of_lists
    return clusters
