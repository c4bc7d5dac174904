"""The encoding of a text file, judged by how plausible its letters are under each candidate.

Latin and Cyrillic words are scored by bigrams of letters (Cavnar & Trenkle, "N-Gram-Based Text
Categorization", 1994) from the names that CLDR gives countries, languages and currencies in
each language; Chinese by how usual its characters are. Scores are log-likelihoods of the same
bytes, so candidates of every kind compare.
"""

from __future__ import annotations

import codecs
import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path

from babel import Locale

from matchmaker.errors import InvalidInput
from matchmaker.ingest.rows import DAMAGED
from matchmaker.ingest.text_file import open_bytes
from matchmaker.messages import Message, message
from matchmaker.regex import regex
from matchmaker.text import is_han, simplified

CHUNK = 1 << 20
# Different words with letters beyond ASCII by which an encoding is judged, and their bytes.
SAMPLE, SAMPLE_BYTES = 300, 6_000
# The best candidate must be e**6 (400) times as likely as the next that reads otherwise,
# and no less likely than this for each byte.
MARGIN, FLOOR = 6.0, -6.5
WESTERN = ("de", "fr", "es", "it", "pt", "nl", "sv", "da", "nb", "fi", "is")
CENTRAL = ("pl", "cs", "sk", "hu", "ro", "hr", "sl", "de")
CYRILLIC = ("ru", "uk", "bg", "sr", "mk")
# Languages by encoding, and how much less usual (as a logarithm) a file of that encoding is.
ALPHABETS = {
    "windows-1252": (WESTERN, 0.0),
    "windows-1250": (CENTRAL, 0.0),
    "windows-1251": (CYRILLIC, 0.0),
    "mac-roman": (WESTERN, -6.0),
    "cp850": (WESTERN, -6.0),
}
IDEOGRAPHIC = ("gb18030", "big5")
MARKS = {
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
# What people call an encoding, and the wider one that reads all of it.
WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "cp936": "gb18030", "ansi": "windows-1252",
         "latin-1": "windows-1252", "iso-8859-1": "windows-1252", "utf8": "utf-8"}  # fmt: skip
_CODECS = {"utf-8": "utf-8-sig", "big5": "cp950", "cp850": "cp850", "mac-roman": "mac-roman"}
# The most usual characters in this project's Chinese texts and tables, most usual first.
USUAL = frozenset(
    "市学业一单产工有设集机制群订试的供货示料度科期例模月品造与备公合材区可用研同和双电件检共测或号程大阀"
    "中厂不长建加成新流十司限州台天享教袜三具类镜数自函在年出人无理片对能线化金做企两门上行请方家高内分小接"
    "光后装以联生技发为计作及信南压县验地个交五系定样员热器次平动物复代服空海文已要外找色车按型开安术是批到四"
    "每入其石阳族针起务时通二面子配纤日价山板专体治先密库级给力医保架相来没国点多应低维六据质网部水属塑构都精"
    "包万省提头织气想法比管眼本碳表条航药注结重协全会丝需他环求量钢报间江西北回项口控铸墨放现带吨款算固名费明"
    "层调标源导性过京最收防械百师院东图式飞原整位打八究运含主看膜写纺向之实智只软目半基近快码字随温贵统变下于"
    "首斤套手胶再付账仪硬季优千路取预场伙里题选缺息知形氧签进第球照少广达余印组格态缝染油宁所室林您准树处足户正"
    "记附修磨并值议存太艺范轴们城商老客输参关道我录周经资识占米镀校池告果汽立留嘉河真采炉芯持青种认传华改农直深"
    "拉购望急克语差常置列铁划团证木涂玻率清此火毛编连刀径送别泰班白船皮射这硅而稳济布杆互须创川德湖苏浙福厦沪津"
    "渝深圳连沈阳武汉杭波温宁无锡常州徐青岛烟济郑西安成都昆贵说了着把就也还去好得从使当然么经样学长王李张刘陈杨赵"
)
_PUNCTUATION = frozenset("，。、；：？！（）《》“”‘’—…·％－／　【】￥＋")
_SYMBOLS = frozenset("€°–—’‘“”«»§®©™²³½·…£µ×\xa0„‚•")
# A run of bytes without a separator.
_SPAN = re.compile(rb'[^\x00-\x20,;"]+')
# In Chinese text a small Latin letter seldom stands beside a character.
_ABUTTING = regex(r"(?<=[a-z])[⺀-鿿豈-﫿]|[⺀-鿿豈-﫿](?=[a-z])")
# Alone it is the sign of a diameter, and no letter.
_DIAMETER = regex(r"(?<![^\W\d_])[Øø](?![^\W\d_])")
_WORD = regex(r"[^\W\d_]+")


def _damaged(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return DAMAGED, error.end


codecs.register_error("matchmaker.damaged", _damaged)


@dataclass(frozen=True, slots=True)
class Encoding:
    """The encoding of a file. `judged`: by its letters; a person may know better."""

    name: str
    judged: bool = False

    @property
    def codec(self) -> str:
        """As Python calls it."""
        return _CODECS.get(self.name, self.name)


def encoding_of(path: Path, given: str = "") -> Encoding:
    """The encoding of a text file, or the one given. Raises InvalidInput.

    A file that is UTF-8 but for a few bytes is UTF-8, and those are damaged. Where several
    readings of the letters are plausible, the error names them.
    """
    known = _known(given) if given else ""
    with open_bytes(path) as stream:
        head = stream.read(CHUNK)
    if known:
        return Encoding(_without_mark(known, head))
    for mark, name in MARKS.items():
        if head.startswith(mark):
            return Encoding(name)
    if wide := _wide(head):
        return Encoding(wide)
    if _is_binary(head):
        raise InvalidInput(
            "is not a table: it holds bytes that are no text.",
            where=path.name,
            mend="Save it as .xlsx or .csv.",
        )
    spans: dict[bytes, None] = {}
    sequences = damaged = sampled = 0
    for chunk in _chunks(path):
        if chunk.isascii():
            continue
        text = chunk.decode("utf-8", "matchmaker.damaged")
        bad = text.count(DAMAGED)
        damaged += bad
        sequences += sum(map(len, re.findall(r"[^\x00-\x7f]+", text))) - bad
        for match in _SPAN.finditer(chunk):
            if len(spans) >= SAMPLE or sampled >= SAMPLE_BYTES:
                break
            span = match.group()[:200]
            if not span.isascii() and span not in spans:
                spans[span] = None
                sampled += len(span)
    if not damaged or sequences >= max(3, 6 * damaged):
        return Encoding("utf-8")
    return _judged(tuple(spans), path.name)


def _known(given: str) -> str:
    name = given.strip().lower().replace("_", "-")
    name = WIDER.get(name, name)
    try:
        b"a".decode(_CODECS.get(name, name), "matchmaker.damaged")  # as files are read
    except (LookupError, ValueError, UnicodeError):
        raise InvalidInput(
            "'%(name)s' is no encoding that is known.",
            where="encoding",
            mend="Name one such as utf-8, gb18030, big5, windows-1252.",
            name=given,
        ) from None
    return name


def _without_mark(name: str, head: bytes) -> str:
    """An encoding that a file has; of two orders of bytes, which a mark tells, one where it has
    no mark: Python refuses to read such a file at all."""
    codec = codecs.lookup(_CODECS.get(name, name))
    try:
        codec.incrementaldecoder("matchmaker.damaged").decode(head[:8])
    except UnicodeError:
        return f"{codec.name}-le"
    return name


def _chunks(path: Path) -> Iterator[bytes]:
    """Pieces of a file that end with a line, so that no character is cut; long lines are."""
    with open_bytes(path) as stream:
        rest = b""
        while piece := stream.read(CHUNK):
            whole, newline, rest = (rest + piece).rpartition(b"\n")
            if newline or len(rest) > 4 * CHUNK:
                yield whole + newline or rest
                rest = rest if newline else b""
        if rest:
            yield rest


def _wide(head: bytes) -> str:
    """UTF-16 without a mark: every other byte of its marks and ASCII letters is 0."""
    even, odd = head[0:4096:2].count(0), head[1:4096:2].count(0)
    for name, zeros, others in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        if zeros < 2 or zeros < 0.05 * len(head[0:4096:2]) or others * 4 > zeros:
            continue
        try:
            text = head[: min(len(head), 4096) // 2 * 2].decode(name)
        except UnicodeDecodeError as error:
            if error.start < 4000:  # else a pair of surrogates is cut
                continue
            text = head[: error.start].decode(name)
        if re.search(r"[\r\n]", text) and re.search(r"[,;\t|]", text) and "\x00" not in text:
            return name
    return ""


def _is_binary(head: bytes) -> bool:
    control = sum(head.count(code) for code in range(32) if code not in (9, 10, 11, 12, 13, 27))
    return control > 0.1 * len(head)


def _judged(spans: tuple[bytes, ...], name: str) -> Encoding:
    scores = {}
    for candidate in (*IDEOGRAPHIC, *ALPHABETS):
        codec = _CODECS.get(candidate, candidate)
        readings = [span.decode(codec, "matchmaker.damaged") for span in spans]
        prior = ALPHABETS[candidate][1] if candidate in ALPHABETS else 0.0
        scores[candidate] = (
            [_score(candidate, reading) for reading in readings], readings, prior
        )  # fmt: skip
    _share_scores(scores)
    total = {candidate: sum(s) + prior for candidate, (s, _, prior) in scores.items()}
    ranked = sorted(total, key=total.__getitem__, reverse=True)
    best = ranked[0]
    others = [
        other
        for position, other in enumerate(ranked)
        if all(scores[other][1] != scores[before][1] for before in ranked[:position])
    ][1:]
    rivals = [other for other in others if total[best] - total[other] < MARGIN]
    if not rivals and total[best] >= FLOOR * sum(map(len, spans)):
        return Encoding(best, judged=True)
    raise _asked([best, *(rivals or others[:2])], {k: v[1] for k, v in scores.items()}, name)


def _share_scores(scores: Mapping[str, tuple[list[float], list[str], float]]) -> None:
    """Give candidates that read a piece alike one score for it: only what differs decides.

    Else that with more languages had the more likely words, and a German file were Polish.
    """
    for position in range(len(next(iter(scores.values()))[0])):
        best: dict[str, float] = {}
        for own, readings, _ in scores.values():
            reading = readings[position]
            best[reading] = max(own[position], best.get(reading, own[position]))
        for own, readings, _ in scores.values():
            own[position] = best[readings[position]]


def _asked(candidates: list[str], readings: dict[str, list[str]], name: str) -> InvalidInput:
    """The error that asks for the encoding, with a word that each candidate reads otherwise."""
    words = list(zip(*(readings[candidate] for candidate in candidates), strict=True))
    shown = next((w for w in words if len(set(w)) == len(candidates)), words[0])
    examples: list[Message] = [
        message("%(encoding)s (would read '%(word)s')", encoding=candidate,
                word=word.replace(DAMAGED, "\ufffd")[:40])
        for candidate, word in zip(candidates, shown, strict=True)
    ]  # fmt: skip
    return InvalidInput(
        "the encoding cannot be told from so few letters: it may be %(candidates)s.",
        where=name,
        mend="Say which it is (--encoding %(first)s), or save the file as UTF-8.",
        candidates=examples,
        first=candidates[0],
    )


def _score(candidate: str, reading: str) -> float:
    """Logarithm of how likely a reading of a few bytes is."""
    if candidate in IDEOGRAPHIC:
        if candidate == "big5":  # traditional characters are as usual as their simplified ones
            reading = DAMAGED.join(map(simplified, reading.split(DAMAGED)))
        return sum(map(_ideographic, reading)) - 3.0 * len(_ABUTTING.findall(reading))
    languages, _ = ALPHABETS[candidate]
    reading = _DIAMETER.sub("×", reading)
    words = _WORD.findall(reading)
    rest = len(reading) - sum(map(len, words))
    symbols = sum(map(_symbol, _WORD.sub("", reading)))
    # A symbol in the middle of a word parts it, and is odd there.
    odd = max(0, len(words) - 1) * -2.0 if rest else 0.0
    return symbols + odd + sum(max(_word(language, w) for language in languages) for w in words)


def _symbol(character: str) -> float:
    if character == DAMAGED:
        return -20.0
    if character.isascii():
        return -3.3
    return -5.0 if character in _SYMBOLS else -10.0


@lru_cache(maxsize=20_000)
def _ideographic(character: str) -> float:
    if character.isascii():
        return -3.3
    if character == DAMAGED:
        return -20.0
    if character in USUAL:
        return -6.5
    if character in _PUNCTUATION:
        return -7.0
    try:
        encoded = character.encode("gb2312")
    except UnicodeEncodeError:
        return -14.5 if is_han(character) else -18.0
    # The first level of GB 2312 (1980): 3,755 characters in use, B0 to D7.
    return -9.8 if 0xB0 <= encoded[0] <= 0xD7 else -13.0


@dataclass(frozen=True, slots=True)
class _Language:
    """Frequencies of letters, and of one after another; a space begins and ends words."""

    letters: Counter[str]
    pairs: Counter[str]
    total: int

    def likelihood(self, word: str) -> float:
        score = 0.0
        for before, letter in pairwise(f" {word} "):
            usual = (self.letters[letter] + 0.002) / self.total
            score += math.log(
                (self.pairs[before + letter] + 8 * usual) / (self.letters[before] + 8)
            )
        return score


@cache
def _language(name: str) -> _Language:
    locale = Locale.parse(name)
    names = [*locale.territories.values(), *locale.languages.values(),
             *locale.currencies.values(), *locale.scripts.values()]  # fmt: skip
    letters: Counter[str] = Counter()
    pairs: Counter[str] = Counter()
    for word in _WORD.findall(" ".join(names).lower()):
        text = f" {word} "
        letters.update(text)
        pairs.update(text[i : i + 2] for i in range(len(text) - 1))
    return _Language(letters, pairs, letters.total())


@lru_cache(maxsize=50_000)
def _word(language: str, word: str) -> float:
    odd_capitals = sum(a.islower() and b.isupper() for a, b in pairwise(word))
    # A letter with an accent is seldom a word of its own.
    is_alone = len(word) == 1 and word.isupper() and "\x7f" < word < "\u0250"
    likelihood = _language(language).likelihood(word.lower())
    return likelihood - 4.0 * odd_capitals - 6.0 * is_alone
