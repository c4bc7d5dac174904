"""Write the tables of national clusters and universities from a folder of collected lists.

    python seed/make_clusters.py FOLDER

FOLDER holds `national_clusters.csv` and `universities.csv` as described in `seed/README.md`.
Nothing is added to the facts but our ids, and an industry code where the words
of a cluster's name leave one possibility (`INDUSTRY_OF_WORDS`).
"""

from __future__ import annotations

import csv
import re
import sys
from collections import Counter
from pathlib import Path

SEED = Path(__file__).resolve().parent
CsvRow = dict[str, str]

# First match wins, so narrower words stand before wider ones.
INDUSTRY_OF_WORDS = (
    ("电池设备", "356"),
    ("电池材料|锂电材料", ""),  # chemicals or special electronic materials: not decided
    ("眼镜|医疗器械|医用", "358"),
    ("动力电池|锂电|储能|电池", "384"),
    ("汽车电子芯片|芯片|集成电路|显示模组|新型显示|半导体|光电子器件", "397"),
    ("软件|信息服务", "65"),
    ("北斗|信息通信|光通信|通信", "392"),
    ("连接器|传感器|电子元器件|印制电路|电子材料", "398"),
    ("汽车零部件|车身|汽车配件", "367"),
    ("新能源汽车|汽车", "36"),
    ("轨道交通", "371"),
    ("航空|航天|无人机", "374"),
    ("海洋工程|船舶|海工", "373"),
    ("轴承|齿轮", "345"),
    ("阀门|水泵|泵阀|压缩机", "344"),
    ("紧固件|模具", "348|352"),
    ("机床|数控|刀具", "342"),
    ("工程机械|矿山机械|起重", "351"),
    ("农机|农业机械", "357"),
    ("陶瓷", "307"),
    ("涂料|油墨", "264"),
    ("玻璃纤维", "306"),
    ("稀土|铝|铜|钛|钨|有色金属", "32"),
    ("钢铁|特钢|不锈钢", "31"),
    ("中药|三七|生物医药|医药|制药", "27"),
    ("绿色石化|石化", "25"),
    ("输变电|变压器|电线电缆|电缆", "38"),
    ("仪器仪表", "40"),
    ("纤维", "28"),
    ("纺织|家纺|面料", "17"),
    ("服装|服饰|袜", "18"),
    ("家具", "21"),
    ("酒|饮料|茶", "15"),
    ("食品", "14"),
)


def read(path: Path) -> list[CsvRow]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def write(name: str, columns: str, rows: list[CsvRow]) -> None:
    with (SEED / name).open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, columns.split(","), lineterminator="\n", restval="")
        writer.writeheader()
        writer.writerows(rows)


def industry_of(words: str, codes: set[str]) -> str:
    """Id of the industry that the words name, or "" when they leave more than one."""
    for pattern, code in INDUSTRY_OF_WORDS:
        if re.search(pattern, words):
            return f"gbt4754:{code}" if code in codes else ""
    return ""


def cluster_place(row: CsvRow, codes_of_name: dict[str, str]) -> str:
    """Id of the finest single place named; "" for a cluster that spans several."""
    if row["adcode"]:
        return f"gbt2260:{row['adcode']}"
    code = codes_of_name.get(row["city"]) or codes_of_name.get(row["province"], "")
    several = "、" in row["city"] or "、" in row["province"]
    return f"gbt2260:{code}" if code and not several else ""


def cluster_rows(folder: Path) -> list[CsvRow]:
    codes = {row["id"].partition(":")[2] for row in read(SEED / "industries.csv")}
    codes_of_name = {
        row["name"]: row["id"].partition(":")[2]
        for row in read(SEED / "places.csv")
        if row["level"] in ("province", "city")
    }
    levels = {
        "miit_sme_cluster": ("national_sme", "sme"),
        "national_advanced_manufacturing_cluster": ("national_advanced_manufacturing", "amc"),
    }
    numbers: Counter[str] = Counter()
    rows: list[CsvRow] = []
    for row in read(folder / "national_clusters.csv"):
        level, prefix = levels[row["list"]]
        numbers[prefix] += 1
        rows.append(
            {
                "id": f"miit:{prefix}-{numbers[prefix]:03d}",
                "name": row["name_zh"],
                "place": cluster_place(row, codes_of_name),
                "industry": industry_of(row["leading_industry_words"], codes),
                "level": level,
                "batch": row["batch_year"] if row["batch_year"].isdigit() else "",
                "source": f"{row['verification']}: {row['source']}",
            }
        )
    return rows


def slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def university_rows(folder: Path) -> list[CsvRow]:
    rows: list[CsvRow] = []
    for row in read(folder / "universities.csv"):
        disciplines = row["double_first_class_disciplines_2022"]
        rows.append(
            {
                "id": f"cn-university:{slug(row['name_en'])}",
                "name": row["name_zh"],
                "name_en": row["name_en"],
                "kind": "university",
                "place": f"gbt2260:{row['city_adcode']}",
                "country": "CN",
                "stages": "research",
                "listed": "true",
                "description": f"“双一流”建设学科：{disciplines}。"
                if disciplines
                else "“双一流”建设高校，建设学科自主确定并自行公布。",
                "source": "MoE 教研函〔2022〕1号, from three public copies that agree",
            }
        )
    return rows


def main(folder: Path) -> None:
    write(
        "clusters.national.csv",
        "id,name,name_en,place,industry,level,batch,source",
        cluster_rows(folder),
    )
    write(
        "organizations.universities.csv",
        "id,name,name_en,kind,size,tier,place,industry,country,stages,credit_code,vat,website,"
        "contact,capacity,listed,founded,description,description_en,source",
        university_rows(folder),
    )


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python seed/make_clusters.py FOLDER")
    main(Path(sys.argv[1]))
