"""GraphML and GEXF: nodes and edges with all their columns, as Gephi, yEd and Cytoscape read them.

GraphML as in Brandes et al., "Graph markup language (GraphML)" (2013); GEXF 1.3.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from xml.sax.saxutils import XMLGenerator
from xml.sax.xmlreader import AttributesImpl

from matchmaker.exports.tables import (
    DataExport,
    ExportGraph,
    ExportTable,
    Flat,
    Single,
    flat_columns,
    flat_rows,
    label,
)
from matchmaker.messages import Message
from matchmaker.regex import regex
from matchmaker.text import xml_text

GRAPHML = "http://graphml.graphdrawing.org/xmlns"
GEXF = "http://gexf.net/1.3"
WEIGHT, SINCE, UNTIL = "weight", "since", "until"
_PARTIAL = regex(r"(\d{4})-?(?:Q([1-4])|(\d\d))?")
# What a node or edge says in places of its own, not among its attributes.
OF_NODES, OF_EDGES = ("id",), ("source", "target", WEIGHT)


@dataclass(frozen=True)
class Attribute:
    """A column that became an attribute; `kind` is its type in both formats."""

    key: str
    title: str
    kind: str
    place: int


def write_graphml(export: DataExport, language: str) -> bytes:
    """The graph of an export. Attributes are named by their columns' titles, keyed by their names;
    `label` is what a node is called, `weight` how much an edge counts."""
    graph, xml = export.graph(), Xml()
    nodes = _attributes(graph.nodes, OF_NODES, language)
    edges = _attributes(graph.edges, OF_EDGES, language)
    with xml.within("graphml", xmlns=GRAPHML):
        xml.leaf("key", **{"id": "label", "for": "node", "attr.name": "label", **_TEXT})
        xml.leaf("key", **{"id": WEIGHT, "for": "edge", "attr.name": WEIGHT, **_REAL})
        for owner, attributes in (("node", nodes), ("edge", edges)):
            for each in attributes:
                names = {"attr.name": each.title, "attr.type": each.kind}
                xml.leaf("key", **{"id": f"{owner}.{each.key}", "for": owner, **names})
        for name, value in export.facts:
            kind = _kind([_flat(value, language)])
            xml.leaf("key", **{"id": f"graph.{name}", "for": "graph", "attr.name": name,
                               "attr.type": kind})  # fmt: skip
        with xml.within("graph", id=export.name, edgedefault=_direction(graph)):
            for name, value in export.facts:
                _data(xml, f"graph.{name}", _flat(value, language))
            for row in _rows(graph.nodes, language):
                with xml.within("node", id=row.text("id")):
                    _data(xml, "label", row.label(language))
                    for each in nodes:
                        _data(xml, f"node.{each.key}", row.cells[each.place])
            for number, row in enumerate(_rows(graph.edges, language)):
                ends = {"source": row.text("source"), "target": row.text("target")}
                with xml.within("edge", id=f"e{number}", **ends):
                    _data(xml, WEIGHT, row.value(WEIGHT))
                    for each in edges:
                        _data(xml, f"edge.{each.key}", row.cells[each.place])
    return xml.content()


def write_gexf(export: DataExport, language: str) -> bytes:
    """The graph of an export. Edges with `since` or `until` have a time: Gephi's time line."""
    graph, xml = export.graph(), Xml()
    nodes = _attributes(graph.nodes, OF_NODES, language)
    edges = _attributes(graph.edges, OF_EDGES, language)
    timed = {"mode": "dynamic", "timeformat": "date"} if _has_time(graph.edges) else {}
    with xml.within("gexf", xmlns=GEXF, version="1.3"):
        with xml.within("meta"):
            xml.text("creator", "Matchmaker")
            facts = (f"{name}: {_written(_flat(value, language))}" for name, value in export.facts)
            xml.text("description", "; ".join(facts))
        with xml.within("graph", defaultedgetype=_direction(graph), **timed):
            for owner, attributes in (("node", nodes), ("edge", edges)):
                with xml.within("attributes", **{"class": owner}):
                    for each in attributes:
                        xml.leaf("attribute", id=each.key, title=each.title, type=each.kind)
            with xml.within("nodes"):
                for row in _rows(graph.nodes, language):
                    with xml.within("node", id=row.text("id"), label=row.label(language)):
                        _values(xml, nodes, row)
            with xml.within("edges"):
                for number, row in enumerate(_rows(graph.edges, language)):
                    ends = {"source": row.text("source"), "target": row.text("target")}
                    weight = {WEIGHT: _written(row.value(WEIGHT))}
                    with xml.within("edge", id=str(number), **ends, **weight, **_spell(row)):
                        _values(xml, edges, row)
    return xml.content()


class Xml:
    """An XML document as it is written, element by element."""

    def __init__(self) -> None:
        self._out = io.BytesIO()
        self._writer = XMLGenerator(self._out, "utf-8", short_empty_elements=True)
        self._writer.startDocument()

    @contextmanager
    def within(self, name: str, **attributes: str) -> Iterator[None]:
        """An element with what is written inside."""
        cleaned = {key: xml_text(text) for key, text in attributes.items()}
        self._writer.startElement(name, AttributesImpl(cleaned))
        yield
        self._writer.endElement(name)
        self._writer.ignorableWhitespace("\n")

    def leaf(self, name: str, **attributes: str) -> None:
        """An element with nothing inside."""
        with self.within(name, **attributes):
            pass

    def text(self, name: str, content: str, **attributes: str) -> None:
        """An element with a text inside."""
        with self.within(name, **attributes):
            self._writer.characters(xml_text(content))

    def content(self) -> bytes:
        """The whole document."""
        self._writer.endDocument()
        return self._out.getvalue()


@dataclass(frozen=True)
class _Row:
    """One node or edge: its cells, and at which place the cell of a name is."""

    cells: list[Flat]
    places: dict[str, int]

    def value(self, name: str) -> Flat:
        """The cell of a column, None where there is no such column."""
        place = self.places.get(name)
        return None if place is None else self.cells[place]

    def text(self, name: str) -> str:
        """The same as text."""
        return _written(self.value(name))

    def label(self, language: str) -> str:
        """The label of a node."""
        return label(self.text("name"), self.text("name_en"), language) or self.text("id")


_TEXT, _REAL = {"attr.type": "string"}, {"attr.type": "double"}


def _rows(table: ExportTable, language: str) -> Iterator[_Row]:
    flat = enumerate(flat_columns(table, language))
    places = {column.name: place for place, (_, column) in flat}
    for cells in flat_rows(table, language):
        yield _Row(cells, places)


def _attributes(table: ExportTable, own: Sequence[str], language: str) -> list[Attribute]:
    """Every column but those that have places of their own; no two of one title."""
    rows = list(flat_rows(table, language))
    taken = {"label", WEIGHT}
    attributes: list[Attribute] = []
    for place, (_, column) in enumerate(flat_columns(table, language)):
        if column.name in own:
            continue
        title = column.title if column.title not in taken else f"{column.title} ({column.name})"
        taken.add(title)
        kind = _kind([row[place] for row in rows])
        attributes.append(Attribute(column.name, title, kind, place))
    return attributes


def _kind(cells: Sequence[Flat]) -> str:
    """The type of a column by its cells; days are texts, for neither format has them."""
    kinds = {type(cell) for cell in cells if cell is not None}
    if kinds == {bool}:
        return "boolean"
    if kinds == {int}:
        return "long"
    return "double" if kinds and kinds <= {int, float} else "string"


def _direction(graph: ExportGraph) -> str:
    return "directed" if graph.directed else "undirected"


def _has_time(edges: ExportTable) -> bool:
    timed = [n for n, column in enumerate(edges.columns) if column.name in (SINCE, UNTIL)]
    return any(row[place] is not None for row in edges.rows for place in timed)


def _spell(row: _Row) -> dict[str, str]:
    """The time of an edge, where that is known: from the first day of what is known."""
    days = {"start": _first_day(row.value(SINCE)), "end": _first_day(row.value(UNTIL))}
    return {name: day for name, day in days.items() if day}


def _first_day(value: Flat) -> str:
    """Of a day, or of 2012, 2012-Q2, 2012-06; "" of anything else."""
    if isinstance(value, date):
        return value.isoformat()
    match = _PARTIAL.fullmatch(str(value or ""))
    if match is None:
        return ""
    year, quarter, month = match.groups()
    return f"{year}-{3 * int(quarter) - 2 if quarter else int(month or 1):02}-01"


def _data(xml: Xml, key: str, value: Flat) -> None:
    if value is not None and value != "":
        xml.text("data", _written(value), key=key)


def _values(xml: Xml, attributes: Sequence[Attribute], row: _Row) -> None:
    with xml.within("attvalues"):
        for each in attributes:
            value = row.cells[each.place]
            if value is not None and value != "":
                xml.leaf("attvalue", **{"for": each.key, "value": _written(value)})


def _flat(value: Single, language: str) -> Flat:
    return value.text(language) if isinstance(value, Message) else value


def _written(value: Flat) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat() if isinstance(value, date) else str(value)
