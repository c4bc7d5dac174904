"""An export as the bytes of a file."""

from __future__ import annotations

from dataclasses import replace

from matchmaker.errors import InvalidInput
from matchmaker.exports.delimited import write_csv
from matchmaker.exports.document import write_json
from matchmaker.exports.graphs import write_gexf, write_graphml
from matchmaker.exports.tables import DataExport, ExportFormat, ExportTable
from matchmaker.exports.workbook import write_workbook

MEDIA_TYPES = {
    ExportFormat.CSV: "text/csv",
    ExportFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ExportFormat.JSON: "application/json",
    ExportFormat.GRAPHML: "application/graphml+xml",
    ExportFormat.GEXF: "application/gexf+xml",
}


def write_export(export: DataExport, format: ExportFormat, language: str, table: str = "") -> bytes:
    """The export in a format, for readers of a language.

    A CSV file holds one table: the first, or the one of that name. Raises InvalidInput
    where there is no such table.
    """
    if format is ExportFormat.CSV:
        return write_csv(_table(export, table), language)
    chosen = replace(export, tables=(_table(export, table),)) if table else export
    if format is ExportFormat.XLSX:
        return write_workbook(chosen.tables, language)
    if format is ExportFormat.JSON:
        return write_json(chosen, language)
    write = write_graphml if format is ExportFormat.GRAPHML else write_gexf
    return write(export, language)


def file_name(export: DataExport, format: ExportFormat, table: str = "") -> str:
    """The name of the file."""
    return ".".join(part for part in (export.name, table, format.value) if part)


def _table(export: DataExport, name: str) -> ExportTable:
    for table in export.tables:
        if name in ("", table.name):
            return table
    names = ", ".join(table.name for table in export.tables)
    raise InvalidInput(
        "'%(name)s' is no table of this export.",
        where="table",
        mend="Choose one of %(names)s.",
        name=name[:100],
        names=names,
    )
