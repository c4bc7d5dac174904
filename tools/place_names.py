"""Writes the names of places that needs and offers are read for, from the reference places.

python -m tools.place_names
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from babel import Locale

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "seed" / "places.csv"
TARGET = ROOT / "matchmaker" / "recommend" / "specification" / "places.csv"
_ENDINGS = ("维吾尔自治区", "壮族自治区", "回族自治区", "特别行政区", "自治区", "省", "市")
# County-level cities whose short names are words of their own.
_WORDS = frozenset(
    {
        "东方",
        "和平",
        "安康",
        "高安",
        "兴平",
        "平度",
        "海门",
        "原平",
        "中江",
        "当阳",
        "通化",
        "白银",
        "安达",
    }
)
# Of the cities of these names one is so much the better known that it is meant: 苏州, 福州.
_ONE_IS_MEANT = frozenset({"suzhou", "fuzhou"})
_REGIONS = {
    "region:yangtze-delta": (
        "长三角",
        ["长三角", "长江三角洲", "江浙沪", "yangtze river delta", "yangtze delta"],
    ),
    "region:pearl-delta": (
        "珠三角",
        ["珠三角", "粤港澳大湾区", "大湾区", "pearl river delta", "greater bay area"],
    ),
    "region:jing-jin-ji": ("京津冀", ["京津冀"]),
    "region:europe": ("欧洲", ["欧洲", "europe", "欧盟"]),
    "region:local": (
        "本地",
        ["本地", "当地", "本市", "本省", "就近", "附近", "周边", "local", "locally", "nearby"],
    ),
    "region:elsewhere": (
        "外地",
        [
            "外地",
            "外地集群",
            "外地的集群",
            "别的集群",
            "别的产业集群",
            "其他产业集群",
            "其它产业集群",
            "外地产业集群",
            "clusters other than ours",
            "other clusters than ours",
            "其他集群",
            "其它集群",
            "别的园区",
            "其他园区",
            "别的地方",
            "其他地方",
            "其他地区",
            "其它地区",
            "别的地区",
            "别处",
            "跨区域",
            "跨集群",
            "other clusters",
            "another cluster",
            "other cluster",
            "outside our cluster",
            "clusters elsewhere",
            "外省",
            "省外",
            "跨省",
            "异地",
            "elsewhere",
            "other regions",
            "another region",
            "other provinces",
            "another province",
            "other cities",
            "another city",
            "out of town",
        ],
    ),
    "region:abroad": ("国外", ["国外", "海外", "境外", "外国", "abroad", "overseas"]),
}


# Other names of countries; short ones are words of other things.
_ALSO_CALLED = {
    "TR": ["turkey"],
    "US": ["usa", "the states"],
    "GB": ["the uk", "britain", "england", "scotland", "wales"],
    "CZ": ["czech republic"],
    "AE": ["uae", "dubai"],
    "KR": ["korea"],
    "RU": ["俄国"],
    "NL": ["holland"],
}


def names_of(row: dict[str, str]) -> Iterator[str]:
    """The full name, the name without its ending, and the English one."""
    yield row["name"]
    county = row["level"] == "county"
    if not county or row["name"].endswith("市"):
        short = next((row["name"].removesuffix(e) for e in _ENDINGS if row["name"].endswith(e)), "")
        if len(short) >= 2 and short not in _WORDS:
            yield short
        if len(row["name_en"]) > 3:
            yield row["name_en"].lower()


def main() -> None:
    """Write the table."""
    with SOURCE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    places = {row["id"]: (row["name"], list(dict.fromkeys(names_of(row)))) for row in rows}
    chinese, english = Locale.parse("zh").territories, Locale.parse("en").territories
    for code, name in english.items():
        if (
            len(code) == 2
            and code in chinese
            and code not in ("ZZ", "XA", "XB", "EU", "EZ", "UN", "QO")
        ):
            names = [chinese[code], name.lower(), *_ALSO_CALLED.get(code, ())]
            places[f"iso3166:{code}"] = (chinese[code], [n for n in names if len(n) > 1])
    places.update(_REGIONS)
    # Taizhou is 泰州 and 台州: who writes the name in English may mean either.
    cities = [row for row in rows if row["level"] == "city" and len(row["name_en"]) > 3]
    by_english: dict[str, list[dict[str, str]]] = {}
    for row in cities:
        by_english.setdefault(row["name_en"].lower(), []).append(row)
    seen: set[str] = set()
    for name, called in by_english.items():
        if len(called) > 1 and name not in _ONE_IS_MEANT:
            seen.add(name)
            joint = "|".join(row["id"] for row in called)
            places[joint] = ("、".join(row["name"] for row in called), [name.upper()])
    with TARGET.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["id", "name", "names"])
        for identifier, (name, names) in places.items():
            own = [n for n in names if n not in seen]
            seen.update(own)
            if own:
                writer.writerow([identifier, name, "|".join(own).lower()])


if __name__ == "__main__":
    main()
