# ruff: noqa: E501 -- words, as a list is read
"""Words of a list of relations: what the first is to the second, or the second to it.

`采购自` and `is supplied by` turn a relation round; `供应商` and `customer` do not say which of
the two is meant: they are asked about.
"""

from __future__ import annotations

from collections.abc import Mapping

from matchmaker.domain import Layer
from matchmaker.ingest.cells import UndecidedCell
from matchmaker.ingest.formats import UNDECIDED, ColumnFormat
from matchmaker.ingest.words import member_of, word_key

# Layers in which it matters who stands first.
DIRECTED = (Layer.SUPPLIES, Layer.USES, Layer.OWNS)
_REVERSED = ":reversed"
_TURNED: Mapping[Layer, str] = {
    Layer.SUPPLIES: "采购|采购自|采购于|向其采购|购买|购自|购进自|进货|buys from|purchases from|sources from|"
    "is supplied by|supplied by|customer of|client of|buyer of|distributor of|dealer of|reseller of|agent of|"
    "经销|代理|代理商|经销商|是其客户|procures from|kauft von|bezieht von|achète à|compra a",
    Layer.USES: "被使用|is used by|used by|wird genutzt von",
    Layer.OWNS: "被控股|被持股|隶属|隶属于|子公司于|is owned by|owned by|subsidiary of|is a subsidiary of|"
    "belongs to|is part of|tochter von|tochtergesellschaft von|filiale de",
}
_EITHER_WAY: Mapping[Layer, str] = {
    Layer.SUPPLIES: "供应商|供方|供货商|供货方|客户|下游客户|上游供应商|买方|卖方|采购商|supplier|vendor|customer|"
    "client|buyer|seller|lieferant|kunde|fournisseur|client de|proveedor|cliente",
    Layer.OWNS: "子公司|全资子公司|控股子公司|母公司|股东|控股股东|subsidiary|parent|parent company|shareholder|"
    "tochtergesellschaft|muttergesellschaft|filiale|maison mère",
}
_TURNED_BY = {word_key(word): layer for layer, all in _TURNED.items() for word in all.split("|")}
_EITHER_BY = {word_key(w): layer for layer, all in _EITHER_WAY.items() for w in all.split("|")}


def reversed_value(layer: Layer) -> str:
    """The word of a list by which the second of a line is to the first what a layer says."""
    return f"{layer.value}{_REVERSED}"


def relation_of(value: str) -> tuple[Layer, bool] | None:
    """The layer of a value of `relation`, and whether it is turned round; None for another."""
    name = value.removesuffix(_REVERSED)
    return (Layer(name), name != value) if name in set(Layer) else None


RELATIONS = (*(layer.value for layer in Layer), *map(reversed_value, DIRECTED))


def relation(cell: str, format: ColumnFormat = UNDECIDED, /) -> str:
    """The relation of the first of a line to the second: one of RELATIONS.

    Raises InvalidInput, and UndecidedCell for a word that does not tell which of the two it is of.
    """
    del format
    if cell in RELATIONS:
        return cell
    key = word_key(cell)
    if turned := _TURNED_BY.get(key):
        return reversed_value(turned)
    if layer := _EITHER_BY.get(key):
        raise UndecidedCell(
            "'%(cell)s' does not say which of the two it is.",
            mend="Choose one for all cells that say so.",
            choices=(layer.value, reversed_value(layer)),
            cell=cell,
        )
    return member_of(Layer, cell).value
