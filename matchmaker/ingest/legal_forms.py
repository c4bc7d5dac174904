# ruff: noqa: E501 -- spellings, as a table is read
"""Legal forms: how each is spelled, where in a name it stands, which are near each other.

After ISO 20275 (GLEIF's list of entity legal forms) and the registers' own abbreviations. A
spelling is written as words without dots: "s.p.a." and "S.P.A" are `spa`, "Co., Ltd." `co ltd`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from matchmaker.regex import regex

# Canonical spelling, and the other ones.
_SPELLINGS: dict[str, tuple[str, ...]] = {
    # English
    "ltd": ("limited", "ltd co", "limited company", "lmtd", "ltd liability co"),
    "co ltd": ("company limited", "co limited", "company ltd", "coltd", "corp ltd", "corporation limited"),
    "pte ltd": ("pte limited", "private limited company", "pte", "pl"),
    "pvt ltd": ("private limited", "pvt limited", "private ltd", "p ltd", "p limited", "pvt co ltd"),
    "pty ltd": ("pty limited", "proprietary limited", "proprietary ltd", "pty", "pte pty ltd"),
    "plc": ("public limited company", "public ltd co", "pcl", "public company limited", "public co ltd"),
    "inc": ("incorporated", "incorporation", "co inc", "company inc"),
    "corp": ("corporation",),
    "co": ("company",),
    "llc": ("limited liability company", "limited liability co", "lc", "pllc"),
    "llp": ("limited liability partnership",),
    "lp": ("limited partnership",),
    "cic": ("community interest company",),
    "sdn bhd": ("sendirian berhad",),
    "bhd": ("berhad",),
    # German
    "gmbh": ("gesellschaft mit beschränkter haftung", "gesellschaft mbh", "gesmbh", "ges mbh", "mbh", "ggmbh"),
    "ag": ("aktiengesellschaft",),
    "kg": ("kommanditgesellschaft",),
    "ohg": ("offene handelsgesellschaft",),
    "og": ("oeg", "offene gesellschaft"),
    "eeig": ("geie", "ewiv", "gie européen"),
    "gmbh co kg": (
        "gmbh und co kg", "gmbh and co kg", "gmbh u co kg", "gmbh co kommanditgesellschaft", "gmbh cokg",
        "gesellschaft mit beschränkter haftung co kg",
    ),
    "ag co kg": ("ag und co kg",),
    "co kg": ("und co kg",),
    "kgaa": ("kommanditgesellschaft auf aktien",),
    "ag co kgaa": ("se co kgaa", "gmbh co kgaa"),
    "ug": ("ug haftungsbeschränkt", "unternehmergesellschaft", "unternehmergesellschaft haftungsbeschränkt"),
    "gbr": ("gesellschaft bürgerlichen rechts",),
    "ev": ("eingetragener verein",),
    "eg": ("eingetragene genossenschaft",),
    "ek": ("eingetragener kaufmann", "e kfm", "e kfr", "ekfm"),
    "se": ("societas europaea",),
    # French, and in Belgium, Luxembourg, Switzerland
    "sa": ("société anonyme", "sociedad anónima", "sociedad anonima", "sociedade anónima", "sociedade anônima"),
    "sas": ("société par actions simplifiée", "sas unipersonnelle", "s a s"),
    "sasu": (),
    "sarl": ("société à responsabilité limitée", "sàrl", "sà rl", "sa rl", "société a responsabilité limitée"),
    "eurl": (),
    "snc": ("société en nom collectif", "società in nome collettivo"),
    "scs": ("société en commandite simple",),
    "sca": ("société en commandite par actions",),
    "sprl": ("société privée à responsabilité limitée",),
    "scrl": (), "srl": (
        "società a responsabilità limitata", "sociedad de responsabilidad limitada", "srl a socio unico",
        "srl unipersonale", "srlu", "societate cu răspundere limitată", "societatea cu răspundere limitată",
    ),
    "srls": ("società a responsabilità limitata semplificata",),
    "gie": (), "asbl": ("association sans but lucratif",),
    # Italian, Spanish, Portuguese, Latin American
    "spa": ("società per azioni", "societa per azioni", "spa a socio unico", "spa unipersonale", "sociedad por acciones"),
    "sapa": (), "scarl": ("scrl consortile", "società consortile a responsabilità limitata", "sc a rl"),
    "sas di": (), "sl": ("sociedad limitada", "slu", "sociedad limitada unipersonal"),
    "sau": ("sociedad anónima unipersonal",),
    "sll": (), "sc": ("sociedad cooperativa", "società cooperativa"), "scoop": ("soc coop",),
    "lda": ("limitada", "unipessoal lda", "sociedade unipessoal lda", "limitada unipessoal"),
    "ltda": ("limitada ltda", "ltda me", "ltda epp", "cia ltda", "compañía limitada"),
    "eireli": (), "sgps": ("sgps sa", "sgps s a"),
    "sa de cv": ("sapi de cv", "sab de cv", "sociedad anónima de capital variable"),
    "s de rl de cv": ("s de rl", "s de rl mi"),
    # Dutch
    "bv": ("besloten vennootschap", "besloten vennootschap met beperkte aansprakelijkheid"),
    "nv": ("naamloze vennootschap",),
    "bvba": (), "cvba": (), "vof": ("vennootschap onder firma",), "vzw": ("vereniging zonder winstoogmerk",),
    # Nordic and Baltic
    "ab": ("aktiebolag", "aktiebolaget", "ab publ", "aktiebolag publ"),
    "hb": ("handelsbolag",),
    "as": ("aksjeselskap", "aktieselskab", "akciová společnost", "anonim şirketi", "anonim sirketi", "aş", "aktsiaselts"),
    "asa": ("allmennaksjeselskap",), "aps": ("anpartsselskab",), "ivs": (),
    "oy": ("osakeyhtiö", "oy ab", "ab oy"), "oyj": ("julkinen osakeyhtiö", "oyj abp"), "abp": (),
    "ehf": ("einkahlutafélag",), "hf": ("hlutafélag",), "ohf": (),
    "oü": ("osaühing",), "sia": ("sabiedrība ar ierobežotu atbildību",),
    "uab": ("uždaroji akcinė bendrovė",),
    # Central and eastern Europe, Turkey, Greece
    "spzoo": ("sp z oo", "sp zoo", "spółka z ograniczoną odpowiedzialnością", "spolka z ograniczona odpowiedzialnoscia", "spółka z oo"),
    "spzoo spk": ("sp z oo sp k", "sp z oo spk", "sp z oo spółka komandytowa", "sp z oo sp komandytowa"),
    "spk": ("sp k", "spółka komandytowa"), "spj": ("sp j", "spółka jawna"),
    "spółka akcyjna": ("spolka akcyjna",),
    "sro": ("spol s ro", "spol sro", "společnost s ručením omezeným", "spoločnosť s ručením obmedzeným"),
    "kft": ("korlátolt felelősségű társaság",), "zrt": ("zártkörűen működő részvénytársaság",), "nyrt": (), "bt": (),
    "doo": ("društvo s ograničenom odgovornošću", "društvo z omejeno odgovornostjo"),
    "dooel": (), "dd": ("dioničko društvo", "delniška družba"), "ad": ("акционерно дружество", "ад"),
    "ead": ("еад",), "ood": ("оод",), "eood": ("еоод",),
    "ltd şti": ("limited şirketi", "ltd sti", "limited sirketi", "san tic ltd şti", "tic ltd şti"),
    "san tic as": ("san ve tic as", "sanayi ve ticaret as", "san ve tic aş", "sanayi ve ticaret aş"),
    "ae": ("ανώνυμη εταιρεία", "αε"), "epe": ("επε",), "ike": ("ικε",), "oe": ("οε",),
    "ooo": ("ооо", "общество с ограниченной ответственностью"),
    "ao": ("ао", "акционерное общество"), "pao": ("пао", "публичное акционерное общество"),
    "zao": ("зао", "закрытое акционерное общество"), "oao": ("оао", "открытое акционерное общество"),
    "tov": ("тов", "товариство з обмеженою відповідальністю"),
    # Asia
    "pt": ("perseroan terbatas",), "tbk": ("pt tbk", "persero tbk"), "jsc": ("joint stock company", "joint stock co"),
    "kk": ("kabushiki kaisha", "kabushiki gaisha"), "gk": ("godo kaisha",), "yk": ("yugen kaisha",),
    "wll": ("w ll",), "fze": ("fz e",), "fzco": ("fz co",), "fz llc": ("fzllc", "fz l l c"), "psc": (), "pjsc": (),
    "jsc tnhh": (), "tnhh": ("công ty tnhh",), "cổ phần": ("công ty cổ phần",),
}  # fmt: skip
# Of Chinese, Japanese and Korean names, which have no spaces; the longest first.
_SUFFIXES = {
    "股份有限公司": "股份有限公司", "股份公司": "股份有限公司",
    "有限责任公司": "有限公司", "有限公司": "有限公司", "责任有限公司": "有限公司",
    "有限合伙": "有限合伙", "特殊普通合伙": "特殊普通合伙", "普通合伙": "普通合伙",
    "株式会社": "株式会社", "有限会社": "有限会社", "合同会社": "合同会社", "合资会社": "合资会社",
    "주식회사": "주식회사", "유한회사": "유한회사",
    "公司": "公司",
}  # fmt: skip
_BRACKETED = {"株": "株式会社", "有": "有限会社", "주": "주식회사", "유": "유한회사"}
# Forms that stand in front of a name by custom; all others are words of it there.
_IN_FRONT = frozenset(
    "pt sia uab oü ooo ао ao pao пао зао zao oao оао ооо tov тов jsc pjsc".split()  # noqa: SIM905
)
_IN_FRONT_PHRASES = (
    "общество с ограниченной ответственностью", "публичное акционерное общество",
    "закрытое акционерное общество", "акционерное общество", "công ty cổ phần", "công ty tnhh",
)  # fmt: skip
_IN_FRONT_SCRIPTS = ("株式会社", "有限会社", "合同会社", "주식회사", "유한회사")
CANONICAL: dict[tuple[str, ...], str] = {
    tuple(spelling.split()): form
    for form, spellings in _SPELLINGS.items()
    for spelling in (form, *spellings)
}
_LONGEST = max(map(len, CANONICAL))
_SUFFIX = regex(f"({'|'.join(sorted(_SUFFIXES, key=len, reverse=True))})$")

# One is written for the other: in translation, or because registers and people shorten.
_NEAR: tuple[frozenset[str], ...] = (
    frozenset({"ltd", "co ltd", "pte ltd", "pty ltd", "pvt ltd", "有限公司", "公司", "co"}),
    frozenset({"inc", "corp", "co", "co ltd", "股份有限公司", "公司"}),
    frozenset({"株式会社", "kk", "co ltd", "inc", "corp"}),
    frozenset({"주식회사", "co ltd", "inc", "corp"}),
    frozenset({"股份有限公司", "plc", "jsc"}),
    frozenset({"合同会社", "gk", "llc"}),
    frozenset({"ooo", "llc"}), frozenset({"ao", "pao", "oao", "zao", "jsc"}),
    frozenset({"spółka akcyjna", "sa"}), frozenset({"oy", "oyj"}), frozenset({"as", "asa", "san tic as"}),
    frozenset({"spa", "srl", "scarl"}) - {"spa"}, frozenset({"ltda", "lda", "ltd"}), frozenset({"sl", "slu"}),
    frozenset({"pt", "tbk"}), frozenset({"bv", "bvba", "sprl", "srl"}), frozenset({"llc", "lc", "wll"}),
    frozenset({"sas", "sasu"}), frozenset({"sarl", "eurl"}),
)  # fmt: skip
FormRelation = Literal["same", "near", "missing", "different"]


def split_form(words: Sequence[str]) -> tuple[tuple[str, ...], str]:
    """The words of a name without its legal form, and that form, "" where it has none.

    `words` are of `matchmaker.text.normal` without punctuation. Something always remains: a name
    that is nothing but a form is its own name.
    """
    words = tuple(words)
    for length in range(min(_LONGEST, len(words) - 1), 0, -1):
        form = CANONICAL.get(words[-length:])
        if form is not None:
            return _without_front(words[:-length]), form
    if words and (split := _split_script(words)) is not None:
        return split
    for phrase in _IN_FRONT_PHRASES:
        parts = tuple(phrase.split())
        if words[: len(parts)] == parts and len(words) > len(parts):
            return words[len(parts) :], CANONICAL[parts]
    if len(words) > 1 and words[0] in _IN_FRONT:
        return words[1:], CANONICAL[words[:1]]
    return words, ""


def _without_front(words: tuple[str, ...]) -> tuple[str, ...]:
    """PT Sample Tbk has a form at both ends."""
    return words[1:] if len(words) > 1 and words[0] == "pt" else words


def _split_script(words: tuple[str, ...]) -> tuple[tuple[str, ...], str] | None:
    """The same of a name in a script without spaces."""
    if len(words) > 1 and words[-1] in _BRACKETED:
        return words[:-1], _BRACKETED[words[-1]]
    if len(words) > 1 and words[0] in _BRACKETED:
        return words[1:], _BRACKETED[words[0]]
    match = _SUFFIX.search(words[-1])
    if match is not None and (match.start() or len(words) > 1):
        rest = words[-1][: match.start()]
        return (*words[:-1], *([rest] if rest else [])), _SUFFIXES[match.group()]
    for form in _IN_FRONT_SCRIPTS:
        if words[0].startswith(form) and (len(words) > 1 or words[0] != form):
            rest = words[0].removeprefix(form)
            return (*([rest] if rest else []), *words[1:]), form
    return None


def relation(first: str, second: str) -> FormRelation:
    """The relation of two canonical forms; "missing" where either is ""."""
    if first == second:
        return "same" if first else "missing"
    if not first or not second:
        return "missing"
    return "near" if any({first, second} <= near for near in _NEAR) else "different"
