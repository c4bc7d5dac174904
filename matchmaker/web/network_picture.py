"""A cluster's network as the browser draws it: who, where in the picture, and tied to whom."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from matchmaker.audit.layout import layout
from matchmaker.audit.view import View
from matchmaker.messages import NAMES
from matchmaker.services.cooperation.cluster_changes import DAYS, first_ties
from matchmaker.snapshot.model import KINDS, Snapshot, stages_in, to_days
from matchmaker.web.labels import language, word
from matchmaker.web.short_names import short_names


def drawn_network(view: View) -> dict[str, Any]:
    """`nodes` with id, name, label, kind, industry (its division), stage (the first it does),
    place ("" where unknown), degree, and x and y from 0 to 1 where the server placed them;
    `ties` by ids of nodes, `new` those of pairs that
    had none 30 days ago."""
    snapshot, net = view.landscape.snapshot, view.network
    rows = net.members.tolist()
    columns = snapshot.organizations
    name_of = snapshot.english_name_of if language() != NAMES else snapshot.name_of
    names = [name_of(row) for row in rows]
    labels = short_names(names, _places_around(snapshot, view.cluster, columns.place[rows]))
    places = layout(view.landscape, view.cluster)
    nodes: list[dict[str, Any]] = []
    for number, row in enumerate(rows):
        stages = stages_in(int(columns.stages[row]))
        node = {
            "id": snapshot.id_of(row),
            "name": names[number],
            "label": labels[number],
            "kind": KINDS[columns.kind[row]],
            "industry": _title(snapshot, "industries", _division(snapshot, columns.industry[row])),
            "stage": word(stages[0]) if stages else "",
            "place": _title(snapshot, "places", int(columns.place[row])),
            "degree": int(net.degree[number]),
        }
        if row in places:
            node["x"], node["y"] = places[row]
        nodes.append(node)
    recent = to_days(snapshot.meta.as_of - timedelta(days=DAYS))
    new = {pair for pair, since in first_ties(view).items() if since >= recent}
    ties = []
    for source, target in net.edges.tolist():
        ends = nodes[int(source)]["id"], nodes[int(target)]["id"]
        tie = {"source": ends[0], "target": ends[1]}
        ties.append(tie | {"new": True} if frozenset(ends) in new else tie)
    return {"year": view.year, "nodes": nodes, "ties": ties}


def _division(snapshot: Snapshot, row: int) -> int:
    """The row of the industry above all of an industry's; -1 of none."""
    parents = snapshot.industries.column("parent")
    row = int(row)
    while row >= 0 and (above := int(parents[row].as_py())) >= 0:
        row = above
    return row


def _title(snapshot: Snapshot, table: str, row: int) -> str:
    if row < 0:
        return ""
    columns = getattr(snapshot, table)
    english = columns.column("name_en")[row].as_py() if language() != NAMES else ""
    return str(english or columns.column("name")[row].as_py())


def _places_around(snapshot: Snapshot, cluster: int, members: Any) -> set[str]:
    """Names, in both languages, of the places of cluster and members and of those above them."""
    table, names = snapshot.places, set[str]()
    waiting = {int(row) for row in (*members, snapshot.clusters.column("place")[cluster].as_py())}
    while waiting:
        row = waiting.pop()
        if row < 0:
            continue
        names |= {table.column("name")[row].as_py(), table.column("name_en")[row].as_py() or ""}
        waiting.add(int(table.column("parent")[row].as_py()))
    return names - {""}
