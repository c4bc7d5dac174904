"""GLEIF's own XML, record by record: LEI-CDF 3.1 (level 1) and RR-CDF 2.1 (level 2).

https://www.gleif.org/en/about-lei/common-data-file-format. A file of either holds millions of
records: each is let go before the next is read. Entities of a document type are not resolved;
GLEIF's files have none, and a file that has is refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, Any

from lxml import etree

from matchmaker.errors import InvalidInput
from matchmaker.system_errors import position_of

_RECORDS = ("{*}LEIRecord", "{*}RelationshipRecord")


def xml_records(stream: IO[bytes], name: str) -> Iterator[dict[str, Any]]:
    """Each record as GLEIF's JSON has it: `$` is a text, `@lang` its language.

    Raises InvalidInput where the file is no well-formed XML, or has a document type.
    """
    parsed = etree.iterparse(
        stream, events=("end",), tag=_RECORDS, resolve_entities=False, load_dtd=False,
        no_network=True, huge_tree=False, remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        for _, element in parsed:
            if element.getroottree().docinfo.doctype:
                raise InvalidInput(
                    "has a document type, which GLEIF's files do not have.",
                    where=name,
                    mend="Take the file as it is published.",
                )
            yield _value(element)
            _let_go(element)
    except (etree.XMLSyntaxError, ValueError) as error:  # the latter: a prefix of no namespace
        raise InvalidInput(
            "is not well-formed XML: %(error)s.",
            where=name,
            mend="Take the file as it is published.",
            error=position_of(error),
        ) from None


def _value(element: Any) -> dict[str, Any]:
    """An element's text, attributes and parts; what stands several times is a list."""
    value: dict[str, Any] = {
        f"@{etree.QName(key).localname}": text for key, text in element.attrib.items()
    }
    if text := (element.text or "").strip():
        value["$"] = text
    for part in element.iterchildren(etree.Element):
        tag = etree.QName(part).localname
        if tag not in value:
            value[tag] = _value(part)
        elif isinstance(value[tag], list):
            value[tag].append(_value(part))
        else:
            value[tag] = [value[tag], _value(part)]
    return value


def _let_go(element: Any) -> None:
    """Free an element and those before it."""
    element.clear()
    while element.getprevious() is not None:
        del element.getparent()[0]
