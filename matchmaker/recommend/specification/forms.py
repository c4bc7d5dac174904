"""Requirements in forms of their own: DN50, PN16, class 150, M8×30, Φ20, ±0.02, API 600."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from matchmaker.recommend.specification.model import Requirement, RequirementKind
from matchmaker.recommend.specification.patterns import SPECIAL
from matchmaker.recommend.specification.units import UNITS, shown

NOMINAL_DIAMETER, NOMINAL_PRESSURE, CLASS = "nominal diameter", "nominal pressure", "class"
THREAD, PIPE_THREAD, DIAMETER, TOLERANCE = "thread", "pipe thread", "diameter", "tolerance"
# A length written in inches: of a pipe or valve it is its nominal size.
INCHES = "inches"
ROUGHNESS, DIMENSIONS = "roughness", "dimensions"
_DECIMALS = re.compile(r"\d+(?:\.\d+)?")
# Certified management systems; other standards describe products and tests.
_MANAGEMENT = re.compile(
    r"(?:EN |DIN EN )?(?:ISO(?:/TS|/IEC)?|IATF|AS) ?(?:9001|14001|45001|13485|16949|50001|22000|27001|17025|9100|3834|15085|22716|20000)\b"
)
_MONTHS = {
    name: number
    for number, name in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"],
        start=1,
    )
}


def forms(text: str, folded: str) -> Iterator[Requirement]:
    """Every requirement in a form of its own, in the order of the text."""
    for match in SPECIAL.finditer(folded):
        name = match.lastgroup or ""
        start, end = match.span()
        yield from _READERS[name](text[start:end], match.group(), start, end)


def _measured(
    kind: RequirementKind, aspect: str, unit: str, prefix: str = ""
) -> Callable[[str, str, int, int], Iterator[Requirement]]:
    """A reader of one number or two behind a prefix."""

    def read(text: str, folded: str, start: int, end: int) -> Iterator[Requirement]:
        values = [float(figure) for figure in _DECIMALS.findall(folded)]
        low, high = min(values), max(values)
        shown_value = prefix + (shown(low) if low == high else f"{shown(low)}-{shown(high)}")
        if not prefix:
            shown_value = f"{shown_value} {unit}".strip()
        yield Requirement(
            kind, shown_value, text, start, end, aspect=aspect, low=low, high=high, unit=unit
        )

    return read


def _nominal_diameter(text: str, folded: str, start: int, end: int) -> Iterator[Requirement]:
    values = [float(figure) for figure in _DECIMALS.findall(folded)]
    listed = any(sign in folded for sign in "/,、，")
    for low, high in [(v, v) for v in values] if listed else [(min(values), max(values))]:
        value = f"DN{shown(low)}" + ("" if low == high else f"-{shown(high)}")
        yield Requirement(
            RequirementKind.SIZE,
            value,
            text,
            start,
            end,
            aspect=NOMINAL_DIAMETER,
            low=low,
            high=high,
            unit="DN",
        )


def _nominal_pressure(text: str, folded: str, start: int, end: int) -> Iterator[Requirement]:
    """PN16 is 16 bar (EN 1333); PN1.6, as it is written in China, is in MPa."""
    figures = _DECIMALS.findall(folded)
    in_mpa = "mpa" in folded or ("bar" not in folded and all("." in figure for figure in figures))
    values = [float(f"{float(f) * (1 if in_mpa else 0.1):.12g}") for f in figures]
    low, high = min(values), max(values)
    value = f"PN{shown(low * 10)}" + ("" if low == high else f"-{shown(high * 10)}")
    yield Requirement(
        RequirementKind.PRESSURE,
        value,
        text,
        start,
        end,
        aspect=NOMINAL_PRESSURE,
        low=low,
        high=high,
        unit="MPa",
    )


def _class(text: str, folded: str, start: int, end: int) -> Iterator[Requirement]:
    values = [float(figure) for figure in _DECIMALS.findall(folded)]
    low, high = min(values), max(values)
    value = f"class {shown(low)}" + ("" if low == high else f"-{shown(high)}")
    yield Requirement(
        RequirementKind.PRESSURE,
        value,
        text,
        start,
        end,
        aspect=CLASS,
        low=low,
        high=high,
        unit="class",
    )


def _thread(text: str, folded: str, start: int, end: int) -> Iterator[Requirement]:
    first, *more = re.findall(r"m(\d{1,2}(?:\.\d)?)(?:\s?[x×*]\s?(\d+(?:\.\d+)?))?", folded)
    last = more[-1] if more else first
    diameter, length = first
    low, high = sorted((float(diameter), float(last[0])))
    value = f"M{shown(low)}" + ("" if low == high else f"-M{shown(high)}")
    if length:
        value += f"×{length}"
    yield Requirement(
        RequirementKind.SIZE,
        value,
        text,
        start,
        end,
        family=length,
        aspect=THREAD,
        low=low,
        high=high,
        unit="M",
    )


def _pipe_thread(text: str, folded: str, start: int, end: int) -> Iterator[Requirement]:
    value = " ".join(folded.replace('"', "").upper().split())
    yield Requirement(RequirementKind.SIZE, value, text, start, end, aspect=PIPE_THREAD)


def _diameter(text: str, folded: str, start: int, end: int) -> Iterator[Requirement]:
    unit = next((u for u in ("毫米", "mm", "cm", "m") if folded.endswith(u)), "mm")
    values = [UNITS[unit].of(float(figure)) for figure in _DECIMALS.findall(folded)]
    low, high = min(values), max(values)
    value = f"Φ{shown(low)}" + ("" if low == high else f"-{shown(high)}") + " mm"
    yield Requirement(
        RequirementKind.SIZE,
        value,
        text,
        start,
        end,
        aspect=DIAMETER,
        low=low,
        high=high,
        unit="mm",
    )


def _tolerance(text: str, folded: str, start: int, end: int) -> Iterator[Requirement]:
    figure = _DECIMALS.search(folded)
    unit = next((u for u in ("°", "度", "%", "℃") if folded.endswith(u)), "")
    if figure is None or unit:  # an angle, a share, a drift: no size
        return
    name = folded[figure.end() :].strip() or "mm"
    value = UNITS[name].of(float(figure[0]))
    if name == "mm" and value >= 5 and "mm" not in folded:  # ±30 of something else
        return
    yield Requirement(
        RequirementKind.SIZE,
        f"±{shown(value)} mm",
        text,
        start,
        end,
        aspect=TOLERANCE,
        high=value,
        unit="mm",
    )


def _dimensions(text: str, folded: str, start: int, end: int) -> Iterator[Requirement]:
    unit = next(u for u in ("毫米", "厘米", "inch", "mm", "cm", "米", "m") if folded.endswith(u))
    values = [UNITS[unit].of(float(figure)) for figure in _DECIMALS.findall(folded)]
    value = "×".join(map(shown, values)) + " mm"
    yield Requirement(
        RequirementKind.SIZE,
        value,
        text,
        start,
        end,
        aspect=DIMENSIONS,
        low=max(values),
        high=max(values),
        unit="mm",
    )


_CHINESE_STANDARD = re.compile(r"^(T/[A-Z]+|[A-Z]{2,3}(?:/[TZ])?) ?-?(\d.*)$")
_BODY = re.compile(r"^([A-Z/\- ]*[A-Z])[\s-]*([A-Z]{0,2}\d.*)$")


def _standard(text: str, folded: str, start: int, end: int) -> Iterator[Requirement]:
    upper = folded.upper()
    match = _CHINESE_STANDARD.match(upper) or _BODY.match(upper)
    value = f"{match[1].strip()} {match[2].strip()}" if match else upper
    if value.startswith("IP "):
        value = value.replace(" ", "")
    kind = RequirementKind.CERTIFICATE if _MANAGEMENT.match(value) else RequirementKind.STANDARD
    yield Requirement(kind, value, text, start, end)


def _date(text: str, folded: str, start: int, end: int) -> Iterator[Requirement]:
    yield Requirement(
        RequirementKind.DEADLINE, _date_value(folded), text, start, end, aspect="date"
    )


def _date_value(folded: str) -> str:
    year = re.search(r"(?:19|20)\d{2}", folded)
    month = re.search(r"(\d{1,2})月", folded) or re.search(r"(?:19|20)\d{2}[-/.](\d{1,2})", folded)
    number_of_month = int(month[1]) if month else None
    if not month:
        named = re.search(r"(?:\b|\s)(" + "|".join(_MONTHS) + r")", folded)
        number_of_month = _MONTHS[named[1]] if named else None
    day = re.search(r"月(\d{1,2})[日号]", folded) or re.search(
        r"(?:19|20)\d{2}[-/.]\d{1,2}[-/.](\d{1,2})", folded
    )
    if not day and number_of_month and not re.search(r"[\u4e00-\u9fff]", folded):
        day = re.search(
            r"\b(\d{1,2})(?:st|nd|rd|th)?\b(?!\d)", folded.replace(year[0], "") if year else folded
        )
    if not number_of_month or not 1 <= number_of_month <= 12:
        return year[0] if year else folded.strip()
    parts = [year[0] if year else "", f"{number_of_month:02d}", f"{int(day[1]):02d}" if day else ""]
    return "-".join(part for part in parts if part)


_READERS: dict[str, Callable[[str, str, int, int], Iterator[Requirement]]] = {
    "dn": _nominal_diameter,
    "pn": _nominal_pressure,
    "rating": _class,
    "thread": _thread,
    "pipe": _pipe_thread,
    "diameter": _diameter,
    "tolerance": _tolerance,
    "roughness": _measured(RequirementKind.SIZE, ROUGHNESS, "μm", "Ra"),
    "dimensions": _dimensions,
    "standard": _standard,
    "date": _date,
}
