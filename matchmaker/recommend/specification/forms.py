"""Requirements in forms of their own: DN50, PN16, class 150, M8×30, Φ20, ±0.02, API 600.

A reader takes the text, the folded text and where a form would begin, and returns what it
reads there, which may be nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from matchmaker.recommend.specification import patterns
from matchmaker.recommend.specification.model import Requirement, RequirementKind
from matchmaker.recommend.specification.units import UNITS, number, shown
from matchmaker.regex import regex

NOMINAL_DIAMETER, NOMINAL_PRESSURE, CLASS = "nominal diameter", "nominal pressure", "class"
THREAD, PIPE_THREAD, DIAMETER, TOLERANCE = "thread", "pipe thread", "diameter", "tolerance"
# A length written in inches: of a pipe or valve it is its nominal size.
INCHES = "inches"
ROUGHNESS, DIMENSIONS, DATE = "roughness", "dimensions", "date"
FORCE = "force"  # of a press
# Certified management systems; other standards describe products and tests.
_MANAGEMENT = regex(
    r"(?:EN |DIN EN )?(?:ISO(?:/TS|/IEC)?|IATF|AS) ?(?:9001|14001|45001|13485|16949|50001|"
    r"22000|27001|17025|9100|3834|15085|22716|20000)\b"
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAMED_MONTH = regex(r"(?:^|\s)(" + "|".join(_MONTHS) + ")")
_YEAR = regex(r"(?:19|20)\d{2}")
_THREAD_PARTS = regex(
    r"(?:m|(?:[-~至到]|to) ?(?=\d\.\d))(\d{1,2}(?:\.\d)?)(?:\s?[x×*]\s?(\d+(?:\.\d+)?))?"
)
_CHINESE_PARTS = regex(r"^(T/[A-Z]+|[A-Z]{2,3}(?:/[TZ])?) ?-?(\d.*)$")
_STANDARD_PARTS = regex(r"^([A-Z]{2,}(?:[/ -][A-Z]{2,})*)[ -]*(.+)$")
_CLASSES = frozenset({150.0, 300.0, 400.0, 600.0, 800.0, 900.0, 1500.0, 2500.0})
_LARGE = 1  # ±30 without a unit is of something else than a length
# Without a unit two figures are a size only where the text says so (640×480 are pixels).
_SIZED = regex(
    r"(?:尺寸|规格|工件|外形|幅面|行程|台面|size|dimensions?|workpiece|envelope)[^，,;；。]{0,8}$|"
    r"\d\s?(?:mm|毫米)[\s,，、]{1,2}$"  # 2mm 500*400
)

_AT_MOST = regex(
    r"(?:≤|<|不超过|不大于|(?<!不)小于|(?<!不)低于|最大|最多|\b(?:up to|under|below|at most|max(?:imum)?\.?|not (?:over|above|exceeding)))\s?$"
)
_AT_MOST_AFTER = regex(
    r"\s?(?:及?以下|以内|之内|or (?:less|below|smaller|under)|and (?:below|under|smaller)|max(?:imum)?\b)"
)

Reader = Callable[[str, str, int], list[Requirement]]
# Whatever is no larger goes into them: 热压罐代加工，Φ1.8×4米. Between the two no other thing is named.
_VESSEL = regex(
    r"(?:罐|炉|窑|烘箱|试验箱|舱|池|槽|\b(?:autoclave|furnace|oven|chamber|kiln|vessel|bath)s?)"
    r"(?:代加?工|加工|固化|热处理|外协|对外|服务|[有内外]|直径|腔体?|膛|尺寸|最大|可做|[到为:：，,(（]|\s|"
    r"curing|internal|inside|inner|working|sizes?|diameter|up|to|max|of|with){0,8}$"
)


def _values(folded: str) -> list[float]:
    return [float(figure) for figure in patterns.FIGURE.findall(folded)]


def _requirement(
    kind: RequirementKind,
    text: str,
    span: tuple[int, int],
    value: str,
    *,
    aspect: str = "",
    low: float | None = None,
    high: float | None = None,
    unit: str = "",
    family: str = "",
) -> Requirement:
    start, end = span
    return Requirement(kind, value, text[start:end], start, end, family, aspect, low, high, unit)


def _between(low: float, high: float) -> str:
    return shown(low) if low == high else f"{shown(low)}-{shown(high)}"


def _limited(text: str, folded: str, match: re.Match[str], value: float) -> Requirement | None:
    """A nominal diameter that is a limit (`up to DN300`, `DN300以下`), None where it is none."""
    start, end = match.span()
    before = _AT_MOST.search(folded, max(0, start - 16), start)
    after = _AT_MOST_AFTER.match(folded, end)
    if before is None and after is None:
        return None
    span = (before.start() if before else start, after.end() if after else end)
    return _requirement(
        RequirementKind.SIZE,
        text,
        span,
        f"≤DN{shown(value)}",
        aspect=NOMINAL_DIAMETER,
        high=value,
        unit="DN",
    )


def nominal_diameter(text: str, folded: str, start: int) -> list[Requirement]:
    """`DN50`, `DN 50-80`, `DN15/20/25`: each of a list is one requirement."""
    if not (match := patterns.NOMINAL_DIAMETER.match(folded, start)):
        return []
    values = _values(match[0])
    listed = any(sign in match[0] for sign in "/,、，")
    if len(values) == 1 and (limited := _limited(text, folded, match, values[0])):
        return [limited]
    bounds = [(v, v) for v in values] if listed else [(min(values), max(values))]
    return [
        _requirement(
            RequirementKind.SIZE,
            text,
            match.span(),
            f"DN{_between(low, high)}",
            aspect=NOMINAL_DIAMETER,
            low=low,
            high=high,
            unit="DN",
        )
        for low, high in bounds
    ]


def nominal_pipe_size(text: str, folded: str, start: int) -> list[Requirement]:
    """`NPS 2`, `NPS 1/2-4`: inches, as they are written of pipes and valves."""
    if not (match := patterns.NOMINAL_PIPE_SIZE.match(folded, start)):
        return []
    inches = [number(each) or 0 for each in (match["low"], match["high"] or match["low"])]
    low, high = (25.4 * each for each in sorted(inches))
    return [
        _requirement(
            RequirementKind.SIZE,
            text,
            match.span(),
            f"{_between(low, high)} mm",
            aspect=INCHES,
            low=low,
            high=high,
            unit="mm",
        )
    ]


def nominal_pressure(text: str, folded: str, start: int) -> list[Requirement]:
    """PN16 is 16 bar (EN 1333); PN1.6, as it is written in China, is in MPa."""
    if not (match := patterns.NOMINAL_PRESSURE.match(folded, start)):
        return []
    figures = patterns.FIGURE.findall(match[0])
    in_mpa = "mpa" in match[0] or ("bar" not in match[0] and all("." in f for f in figures))
    values = [float(f"{float(f) * (1 if in_mpa else 0.1):.12g}") for f in figures]
    listed = any(sign in match[0] for sign in "/、")
    bounds = [(v, v) for v in values] if listed else [(min(values), max(values))]
    return [
        _requirement(
            RequirementKind.PRESSURE,
            text,
            match.span(),
            f"PN{_between(low * 10, high * 10)}",
            aspect=NOMINAL_PRESSURE,
            low=low,
            high=high,
            unit="MPa",
        )
        for low, high in bounds
    ]


def _class_of(text: str, match: re.Match[str] | None) -> list[Requirement]:
    if match is None:
        return []
    values = _values(match[0])
    low, high = min(values), max(values)
    value = f"class {_between(low, high)}"
    return [
        _requirement(
            RequirementKind.PRESSURE,
            text,
            match.span(),
            value,
            aspect=CLASS,
            low=low,
            high=high,
            unit="class",
        )
    ]


def pressure_class(text: str, folded: str, start: int) -> list[Requirement]:
    """`class 150`, `CL300`."""
    return _class_of(text, patterns.CLASS.match(folded, start))


def ansi(text: str, folded: str, start: int) -> list[Requirement]:
    """`ANSI 300` is a class, `ANSI Z80.3` a standard."""
    classed = pressure_class(text, folded, start)
    if classed and classed[0].low in _CLASSES:
        return classed
    return standard(text, folded, start)


def pounds(text: str, folded: str, start: int) -> list[Requirement]:
    """A class by its pounds: `150LB`, `300#`, `150磅`."""
    return _class_of(text, patterns.POUNDS.match(folded, start))


def thread(text: str, folded: str, start: int) -> list[Requirement]:
    """Metric threads: `M8`, `M8×30`, `M6-M24`; the length is its `family`."""
    if not (match := patterns.THREAD.match(folded, start)):
        return []
    sizes = _THREAD_PARTS.findall(match[0])
    low, high = sorted((float(sizes[0][0]), float(sizes[-1][0])))
    length = sizes[0][1]
    value = f"M{shown(low)}" + ("" if low == high else f"-M{shown(high)}")
    value += f"×{length}" if length else ""
    return [
        _requirement(
            RequirementKind.SIZE,
            text,
            match.span(),
            value,
            family=length,
            aspect=THREAD,
            low=low,
            high=high,
            unit="M",
        )
    ]


def _pipe_thread_of(text: str, match: re.Match[str] | None) -> list[Requirement]:
    if match is None:
        return []
    value = " ".join(match[0].replace('"', "").upper().split())
    return [_requirement(RequirementKind.SIZE, text, match.span(), value, aspect=PIPE_THREAD)]


def pipe_thread(text: str, folded: str, start: int) -> list[Requirement]:
    """`G1/2`, `Rc 3/4`, `NPT 1/2`."""
    return _pipe_thread_of(text, patterns.PIPE_THREAD.match(folded, start))


def pipe_thread_behind(text: str, folded: str, start: int) -> list[Requirement]:
    """`1/2 NPT`."""
    return _pipe_thread_of(text, patterns.PIPE_THREAD_BEHIND.match(folded, start))


def diameter(text: str, folded: str, start: int) -> list[Requirement]:
    """`Φ20`, `Φ16-Φ60`, in millimetres unless another unit stands there."""
    if not (match := patterns.DIAMETER.match(folded, start)):
        return []
    unit = next((u for u in ("毫米", "厘米", "米", "mm", "cm", "m") if match[0].endswith(u)), "mm")
    values = [UNITS[unit].of(value) for value in _values(match[0])]
    low: float | None
    if any(sign in match[0] for sign in "x×*"):  # a diameter and a length or a wall
        low, high = values[0], values[0]
        shown_value = "×".join(map(shown, values))
    else:
        low, high = min(values), max(values)
        shown_value = _between(low, high)
    if low == high and _VESSEL.search(folded[max(0, start - 32) : start]):
        low = None
    return [
        _requirement(
            RequirementKind.SIZE,
            text,
            match.span(),
            f"Φ{shown_value} mm",
            aspect=DIAMETER,
            low=low,
            high=high,
            unit="mm",
        )
    ]


def tolerance(text: str, folded: str, start: int) -> list[Requirement]:
    """`±0.02`, `±15 μm`; angles, shares and drifts are no sizes."""
    match = patterns.TOLERANCE.match(folded, start)
    if not match or match["unit"] in ("°", "度", "%", "℃"):
        return []
    value = UNITS[match["unit"] or "mm"].of(_values(match[0])[0])
    if not match["unit"] and value >= _LARGE:
        return []
    return [
        _requirement(
            RequirementKind.SIZE,
            text,
            match.span(),
            f"±{shown(value)} mm",
            aspect=TOLERANCE,
            high=value,
            unit="mm",
        )
    ]


def roughness(text: str, folded: str, start: int) -> list[Requirement]:
    """`Ra0.8`, in micrometres."""
    if not (match := patterns.ROUGHNESS.match(folded, start)):
        return []
    value = _values(match[0])[0] * (1e-3 if match["unit"] else 1)
    return [
        _requirement(
            RequirementKind.SIZE,
            text,
            match.span(),
            f"Ra{shown(value)}",
            aspect=ROUGHNESS,
            high=value,
            unit="μm",
        )
    ]


def dimensions(text: str, folded: str, start: int) -> list[Requirement]:
    """`600×400 mm`; the longest side bounds them."""
    match = patterns.DIMENSIONS.match(folded, start)
    if not match:
        return []
    written = match[0]
    unit = match["unit"] or next(
        (u for u in ("mm", "cm", "毫米", "厘米", "米") if u in written), ""
    )
    if not unit and not _SIZED.search(folded[max(0, start - 16) : start]):
        return []
    values = [UNITS[unit or "mm"].of(value) for value in _values(written)]
    return [
        _requirement(
            RequirementKind.SIZE,
            text,
            (start, start + len(written.rstrip())),
            "×".join(map(shown, values)) + " mm",
            aspect=DIMENSIONS,
            low=max(values),
            high=max(values),
            unit="mm",
        )
    ]


def chinese_standard(text: str, folded: str, start: int) -> list[Requirement]:
    """`GB/T 12234`, `JB/T 7928-2014`."""
    return _standard_of(text, patterns.CHINESE_STANDARD.match(folded, start))


def standard(text: str, folded: str, start: int) -> list[Requirement]:
    """`API 600`, `ASTM A105`, `EN ISO 10497`; management systems are certificates."""
    return _standard_of(text, patterns.STANDARD.match(folded, start))


def protection(text: str, folded: str, start: int) -> list[Requirement]:
    """`IP67` (IEC 60529)."""
    return _standard_of(text, patterns.PROTECTION.match(folded, start))


def flammability(text: str, folded: str, start: int) -> list[Requirement]:
    """`UL 94 V-0`; other standards of UL."""
    match = patterns.FLAMMABILITY.match(folded, start) or patterns.STANDARD.match(folded, start)
    return _standard_of(text, match)


def _standard_of(text: str, match: re.Match[str] | None) -> list[Requirement]:
    if match is None:
        return []
    upper = match[0].upper()
    if upper.startswith("IP"):
        value = upper.replace(" ", "")
    else:
        parts = _CHINESE_PARTS.match(upper) or _STANDARD_PARTS.match(upper)
        value = f"{parts[1].strip()} {parts[2].strip()}" if parts else upper
    certified = _MANAGEMENT.match(value)
    kind = RequirementKind.CERTIFICATE if certified else RequirementKind.STANDARD
    return [_requirement(kind, text, match.span(), value)]


def chinese_date(text: str, folded: str, start: int) -> list[Requirement]:
    """`2027年3月底前`, `6月前`."""
    return _date_of(text, patterns.DATE.match(folded, start))


def spoken_date(text: str, folded: str, start: int) -> list[Requirement]:
    """`by March 2027`, `before 15 June`, `by the end of the year`, `年底前`."""
    return _date_of(text, patterns.SPOKEN_DATE.match(folded, start))


def _date_of(text: str, match: re.Match[str] | None) -> list[Requirement]:
    if match is None:
        return []
    value = _date(match[0])
    return [_requirement(RequirementKind.DEADLINE, text, match.span(), value, aspect=DATE)]


def _date(folded: str) -> str:
    """The year, month and day that are written, as `2027-03-15`; else the words."""
    year = _YEAR.search(folded)
    rest = folded.replace(year[0], " ", 1) if year else folded
    figures = [int(value) for value in _values(rest)]
    if named := _NAMED_MONTH.search(folded):
        month, days = _MONTHS.index(named[1]) + 1, figures
    elif figures and ("月" in folded or (year and len(figures) < len(folded) // 2)):
        month, days = figures[0], figures[1:]
    else:
        return year[0] if year else folded.strip()
    if not 1 <= month <= 12:
        return folded.strip()
    day = f"{days[0]:02d}" if days and 1 <= days[0] <= 31 else ""
    return "-".join(part for part in (year[0] if year else "", f"{month:02d}", day) if part)


# By the letters that stand before the figures.
READERS: dict[str, Reader] = {
    "dn": nominal_diameter,
    "nps": nominal_pipe_size,
    "pn": nominal_pressure,
    "class": pressure_class,
    "ansi": ansi,
    "cl": pressure_class,
    "cl.": pressure_class,
    "m": thread,
    "g": pipe_thread,
    "rc": pipe_thread,
    "npt": pipe_thread,
    "bsp": pipe_thread,
    "bspp": pipe_thread,
    "bspt": pipe_thread,
    "ra": roughness,
    "rz": roughness,
    "ip": protection,
    "ul": flammability,
    "φ": diameter,
    "±": tolerance,
    "+/": tolerance,
    **dict.fromkeys(patterns.BODIES - {"ul", "ansi"}, standard),
    **dict.fromkeys(("iso/iec", "iso/ts", "asme/ansi", "ansi/asme", "as/nzs", "can/csa"), standard),
    **{
        body + ending: chinese_standard
        for body in patterns.CHINESE_BODIES
        for ending in ("", "/t", "/z")
    },
}
