"""Telling a person's name from an organisation's."""

from __future__ import annotations

from matchmaker.regex import regex

# The hundred and some that almost everybody in China has, and those of two characters.
_FAMILY = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤常温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝"
)
_FAMILIES_OF_TWO = (
    "欧阳",
    "司马",
    "上官",
    "诸葛",
    "夏侯",
    "皇甫",
    "尉迟",
    "公孙",
    "慕容",
    "令狐",
    "司徒",
    "东方",
    "端木",
)
_HAN = regex(r"[一-鿿]+")
_LATIN = regex(r"(?:[A-Z][\w'’-]+, (?:[A-Z][\w'’.-]*\s?){1,3}|(?:Dr|Prof|Mr|Ms|Mrs)\.? .+)")


def is_name_of_person(name: str) -> bool:
    """Tell whether a name is written as people's are: 王小明, "Smith, John", "Dr. Ada Sample"."""
    plain = name.strip()
    if _HAN.fullmatch(plain):
        if plain.startswith(_FAMILIES_OF_TWO):
            return 3 <= len(plain) <= 4
        return len(plain) in (2, 3) and plain[0] in _FAMILY
    return _LATIN.fullmatch(plain) is not None
