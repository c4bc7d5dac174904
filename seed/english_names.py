# ruff: noqa: E501 -- tables of names
"""English names of Chinese divisions: pinyin, and how the kinds are called in English."""

from __future__ import annotations

import re

from pypinyin import Style, lazy_pinyin
from pypinyin_dict.phrase_pinyin_data import large_pinyin

large_pinyin.load()

# Readings that the dictionaries miss, and names that are not pinyin in English.
NAMES = {
    "内蒙古": "Inner Mongolia", "西藏": "Tibet", "香港": "Hong Kong", "澳门": "Macao", "陕西": "Shaanxi",
    "台北": "Taipei", "高雄": "Kaohsiung", "新北": "New Taipei", "台中": "Taichung", "台南": "Tainan",
    "桃园": "Taoyuan", "神农架林": "Shennongjia Forestry",
    "呼和浩特": "Hohhot", "鄂尔多斯": "Ordos", "呼伦贝尔": "Hulunbuir", "巴彦淖尔": "Bayannur",
    "乌兰察布": "Ulanqab", "兴安盟": "Hinggan", "锡林郭勒": "Xilin Gol", "阿拉善": "Alxa",
    "海拉尔": "Hailar", "乌兰浩特": "Ulanhot", "锡林浩特": "Xilinhot", "二连浩特": "Erenhot",
    "哈尔滨": "Harbin", "齐齐哈尔": "Qiqihar", "甘孜": "Garzê", "阿坝": "Ngawa", "迪庆": "Dêqên",
    "果洛": "Golog", "拉萨": "Lhasa", "昌都": "Qamdo", "林芝": "Nyingchi", "那曲": "Nagqu", "阿里": "Ngari",
    "日喀则": "Xigazê", "乌鲁木齐": "Ürümqi", "克拉玛依": "Karamay", "吐鲁番": "Turpan", "哈密": "Hami",
    "博尔塔拉": "Bortala", "巴音郭楞": "Bayingolin", "阿克苏": "Aksu", "克孜勒苏": "Kizilsu",
    "伊犁": "Ili", "和田": "Hotan", "喀什": "Kashgar", "阿勒泰": "Altay", "库尔勒": "Korla",
    "塔什库尔干": "Taxkorgan", "吉木萨尔": "Jimsar", "沙雅": "Shayar", "阿瓦提": "Awat", "柯坪": "Kelpin",
    "洛浦": "Lop", "特克斯": "Tekes", "托里": "Toli", "布尔津": "Burqin", "噶尔": "Gar",
    "南木林": "Namling", "白朗": "Bainang", "康马": "Kangmar",
    "土默特": "Tumed", "达尔罕茂明安联合": "Darhan Muminggan United", "阿鲁科尔沁": "Ar Horqin",
    "巴林": "Bairin", "克什克腾": "Hexigten", "翁牛特": "Ongniud", "喀喇沁": "Harqin", "科尔沁": "Horqin",
    "库伦": "Hure", "达拉特": "Dalad", "准格尔": "Jungar", "鄂托克": "Otog", "杭锦": "Hanggin",
    "乌审": "Uxin", "伊金霍洛": "Ejin Horo", "阿荣": "Arun", "莫力达瓦": "Morin Dawa",
    "陈巴尔虎": "Chen Barag", "新巴尔虎": "New Barag", "乌拉特": "Urad", "察哈尔": "Chahar",
    "扎赉特": "Jalaid", "阿巴嘎": "Abag", "苏尼特": "Sonid", "东乌珠穆沁": "East Ujimqin",
    "西乌珠穆沁": "West Ujimqin", "额济纳": "Ejin", "喀喇沁左翼": "Harqin Left Wing",
    "前郭尔罗斯": "Qian Gorlos", "杜尔伯特": "Dorbod", "察布查尔": "Qapqal", "和布克赛尔": "Hoboksar",
    "巴里坤": "Barkol", "木垒": "Mori", "阿克塞": "Aksay",
    "漯河": "Luohe", "朝阳": "Chaoyang", "泊头": "Botou", "大城": "Daicheng", "襄都": "Xiangdu",
    "信都": "Xindu", "单县": "Shan", "乐陵": "Laoling", "民乐": "Minle", "乐都": "Ledu", "都安": "Du'an",
    "郫都": "Pidu", "三都": "Sandu", "长阳": "Changyang", "覃塘": "Qintang", "麦盖提": "Maigaiti",
    "龙圩": "Longxu", "康巴什": "Kangbashi", "扎囊": "Zhanang", "扎鲁特": "Jarud", "红寺堡": "Hongsibu",
    "筠连": "Junlian", "绥棱": "Suiling", "穆棱": "Muling", "宕昌": "Tanchang", "百色": "Baise", "万柏林": "Wanbailin",
}  # fmt: skip
NATIONALITIES = {
    "蒙古": "Mongol", "回": "Hui", "藏": "Tibetan", "维吾尔": "Uyghur", "苗": "Miao", "彝": "Yi",
    "壮": "Zhuang", "布依": "Buyei", "朝鲜": "Korean", "满": "Manchu", "侗": "Dong", "瑶": "Yao",
    "白": "Bai", "土家": "Tujia", "哈尼": "Hani", "哈萨克": "Kazakh", "傣": "Dai", "黎": "Li",
    "傈僳": "Lisu", "佤": "Va", "畲": "She", "拉祜": "Lahu", "水": "Sui", "东乡": "Dongxiang",
    "纳西": "Naxi", "景颇": "Jingpo", "柯尔克孜": "Kyrgyz", "土": "Tu", "达斡尔": "Daur",
    "仫佬": "Mulao", "羌": "Qiang", "布朗": "Blang", "撒拉": "Salar", "毛南": "Maonan",
    "仡佬": "Gelao", "锡伯": "Xibe", "普米": "Pumi", "塔吉克": "Tajik", "怒": "Nu",
    "鄂温克": "Evenk", "保安": "Bonan", "裕固": "Yugur", "独龙": "Derung", "鄂伦春": "Oroqen",
    "各": "Various Nationalities",
}  # fmt: skip
# Nationalities that some names have without 族.
_BARE = ("哈萨克", "蒙古", "柯尔克孜", "塔吉克", "锡伯", "鄂伦春", "达斡尔")
_SIDES = {"左": "Left", "右": "Right", "中": "Middle", "前": "Front", "后": "Rear"}
# How names end, longer ones first, and the English word; "" where English names have none.
KINDS = (
    ("特别行政区", ""), ("壮族自治区", ""), ("回族自治区", ""), ("维吾尔自治区", ""), ("自治区", ""),
    ("自治州", "Autonomous Prefecture"), ("自治县", "Autonomous County"), ("自治旗", "Autonomous Banner"),
    ("特区", "Special District"), ("新区", "New Area"), ("矿区", "Mining District"),
    ("地区", "Prefecture"), ("省", ""), ("市", ""), ("盟", "League"), ("县", "County"), ("区", "District"),
    ("旗", "Banner"),
)  # fmt: skip


def spelled(name: str) -> str:
    """Pinyin without tones in one word; an apostrophe before a, e and o: Xi'an."""
    if name in NAMES:
        return NAMES[name]
    syllables = lazy_pinyin(name, style=Style.NORMAL, v_to_u=True)
    first, *others = syllables
    return (first + "".join(f"'{s}" if s[0] in "aoe" else s for s in others)).capitalize()


def english_name(name: str, level: str) -> str:
    """A division's name as English texts have it: Zhejiang, Wenzhou, Yongjia County."""
    stem, kind = next(
        ((name.removesuffix(end), kind) for end, kind in KINDS if name.endswith(end)), (name, "")
    )
    if level == "county" and kind == "" and name.endswith("区"):  # 区 that is no autonomous region
        kind = "District"
    if len(stem) < 2 and kind in ("Mining District", "New Area", "Special District"):
        stem, kind = name[:-1], "District"  # 矿区, 新区 alone
    stem, nations = _without_nationalities(stem) if _has_nationality(name) else (stem, [])
    side = (
        re.fullmatch(r"(.{2,}?)((?:[左右]翼)?[左右中前后])", stem) if name.endswith("旗") else None
    )
    sides = ""
    if side is not None:
        stem = side[1]
        sides = " ".join(_SIDES[s] for s in side[2] if s in _SIDES)
    base = NAMES.get(name[:3] if len(stem) == 1 else stem) or NAMES.get(name) or spelled(stem)
    named = " and ".join(filter(None, [", ".join(nations[:-1]), *nations[-1:]]))
    return " ".join(filter(None, [base, sides, named, kind]))


def _has_nationality(name: str) -> bool:
    return name.endswith(("自治州", "自治县", "自治旗", "族区"))


def _without_nationalities(stem: str) -> tuple[str, list[str]]:
    """The stem of a name, and the nationalities after it; one that is all there is stays one."""
    nations: list[str] = []
    while True:
        for chinese, english in sorted(NATIONALITIES.items(), key=lambda item: -len(item[0])):
            endings = (f"{chinese}族", chinese) if chinese in _BARE else (f"{chinese}族",)
            ending = next((end for end in endings if stem.endswith(end)), "")
            rest = stem.removesuffix(ending) if ending else stem
            if ending and len(rest) >= 2:
                stem, nations = rest, [english, *nations]
                break
        else:
            break
    whole = stem.removesuffix("族")
    if not nations and whole in NATIONALITIES:
        NAMES.setdefault(stem, NATIONALITIES[whole])
    return stem, nations
