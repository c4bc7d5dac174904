"""An offer against whoever may buy it: what it is for, and what a customer makes itself."""

from __future__ import annotations

from matchmaker.messages import message
from matchmaker.recommend.specification.clauses import fold
from matchmaker.recommend.specification.concepts import stated
from matchmaker.recommend.specification.customers_named import is_trader, named_customers
from matchmaker.recommend.specification.doers import MAKING
from matchmaker.recommend.specification.makers_sought import are_makers, has_it_done, is_traded
from matchmaker.recommend.specification.materials import same_material
from matchmaker.recommend.specification.model import (
    CONCEPT,
    CORE,
    UNLISTED,
    Comparison,
    Fulfilment,
    ItemRole,
    Judgement,
    Requirement,
    RequirementKind,
    Specification,
)
from matchmaker.recommend.specification.reading import without_conditions
from matchmaker.recommend.specification.roles import SERVICES
from matchmaker.recommend.specification.spare_capacity import (
    as_work,
    have_work_done,
    is_spare_capacity,
)
from matchmaker.recommend.specification.trade_services import who_trades_in_it
from matchmaker.recommend.specification.unlisted import ENDS
from matchmaker.recommend.specification.vocabulary import (
    finishing,
    has_own_name,
    made_by_makers_of,
    plastics,
    shapes,
    tools,
)
from matchmaker.recommend.specification.wholes import is_made, made_of_part, wholes_of
from matchmaker.regex import regex
from matchmaker.remembered import remembered

_CUSTOMER = ItemRole.CUSTOMER
_STOCK = regex(
    r"现货|库存|供应|批发|销售|经销|贸易|备货|\b(?:stocks?|stockists?|wholesale|sells?|suppl\w+|trad\w+|in all sizes)\b"
)
# What goes on behind the name of a material that is itself what is offered.
_BARE = regex(
    r"\s*(?:$|[^\w\s-]|\d|(?:for|from|to|in|with|at|on|by|and|or|of|per|as|which|that|who|whom|we|grade|stocks?|scrap|off-?cuts?)(?![a-z])"
    r"|[给供找谁卖求要现库回废]|原?材?料)"
)
_BLANK = regex(r"毛坯|坯|\b(?:blank|preform)s?$")
_BLANK_AFTER = regex(r"的?(?:毛坯|坯件|坯料|坯)|[ -](?:blank|preform)s?(?![a-z])")
_OWN_BEFORE = regex(r"(?:自有|自己|自建|自带|内部)[^，,;；。]{0,4}$|\b(?:our own|own|in-house) $")
_SURFACE = regex(r"(?:plating|coating|anodising|painting|galvanising|spraying|passivation)$")
_TRADE_AFTER = regex(r"行业|[ -]industry(?![a-z])")
# Granules are feed, fuel and metal, too: moulders melt those of plastics.
_MELTED_BY = {"granules": "injection moulding"}
_OF_PLASTIC = regex(r"塑|胶粒|胶料|改性|plastic|polymer|compound|masterbatch")
_SELLS_TO_THEM = message("sells to those who make it")
_MAKES_IT = message("makes it itself")
_HAS_IT_AS_PART = message("makes what it is a part of")


@remembered(1_000)
def made_by_customers(offer: Specification) -> frozenset[str]:
    """Products that those make who may buy what is offered.

    Those that it names ("PFA parts for makers of valves"), else what it may be a part of: valves,
    of valve bodies.
    """
    things = [
        item
        for item in offer.of(RequirementKind.PRODUCT)
        if not item.denied and item.aspect != UNLISTED
    ]
    things = [item for item in things if not _is_what_it_is_of(offer, item)]
    named = [i for i in things if i.role is not ItemRole.ITSELF or i in named_customers(offer)]
    if named:
        return frozenset[str]().union(
            *(made_by_makers_of(name) for item in named for name in (item.value, item.family))
        )
    return frozenset[str]().union(*map(wholes_of, things))


def without_customers(offer: Specification) -> str:
    """The words of an offer without those that name its customers, or say how and where."""
    words = without_conditions(offer)
    for item in offer.of(RequirementKind.PRODUCT):
        if item in named_customers(offer):
            words = words.replace(item.text, " ")
    return words


@remembered(4_000, 400)
def compare_customer(offer: Specification, description: Specification) -> Comparison:
    """What an offer is for against what a possible customer does.

    Met is what the offer is for (parts of it, work on it, "looking for sock mills"), unmet what
    the customer makes itself.
    """
    sought = named_customers(offer)
    makes = [item for item in description.of(RequirementKind.PRODUCT) if is_made(item)]
    makes = [item for item in makes if not _is_trade_served(item, makes, description)]
    makes = [item for item in makes if not is_traded(item, description)]
    if _finishes(description):
        makes = []
    served = _served(description)
    does_service = _finishes(description, SERVICES)
    judgements = []
    for item in offer.of(RequirementKind.PROCESS):  # "to be tried by injection moulders"
        if item.denied or item not in sought:
            continue
        works = description.of(RequirementKind.PROCESS)
        done = next((other for other in works if other.value == item.value), None)
        if done is not None and not done.denied:
            judgements.append(Judgement(item, Fulfilment.MET, done))
    is_spare = is_spare_capacity(offer)
    for item in offer.of(RequirementKind.PRODUCT):
        if item.denied or _is_what_it_is_of(offer, item):
            continue
        if is_spare and as_work(item) is not item:
            continue  # of its work it is judged below
        made = next((other for other in makes if item.value in (other.value, other.family)), None)
        if made is None and item not in sought:
            made = _made_beside(item, makes) or _recovered(item, description)
        sold_to = next((o for o in served if _is_sold_to(item, o, does_service)), None)
        if made is None and sold_to is not None:
            judgements.append(Judgement(item, Fulfilment.UNMET, sold_to, _SELLS_TO_THEM))
        elif item in sought:
            made = (
                made
                or next((o for o in makes if o.value in made_by_makers_of(item.value)), None)
                or made_of_part(item, makes)
                or next((o for o in makes if o.value == item.family), None)  # of some kind of it
                or _makes_a_kind(item, description)
            )
            if made is None and (other := _another_kind(item, makes)):
                note = message("makes another kind")
                judgements.append(Judgement(item, Fulfilment.UNMET, other, note))
                continue
            if are_makers(item, offer) and has_it_done(description.text):
                made = None
            verdict = Fulfilment.UNKNOWN if made is None else Fulfilment.MET
            judgements.append(Judgement(item, verdict, made))
        elif made and _is_blank(offer, item) and not _is_blank(description, made):
            judgements.append(Judgement(item, Fulfilment.MET, made, _HAS_IT_AS_PART))
        elif made is not None:
            judgements.append(Judgement(item, Fulfilment.UNMET, made, _MAKES_IT))
        elif served_by := _works_with(item, offer, description):
            note = message("does the work that it is for")
            judgements.append(Judgement(item, Fulfilment.MET, served_by, note))
        elif (whole := made_of_part(item, makes)) and not _is_of_other_stuff(
            item, offer, description
        ):
            judgements.append(Judgement(item, Fulfilment.MET, whole, _HAS_IT_AS_PART))
    judgements += [Judgement(r, Fulfilment.UNKNOWN) for r in offer.requirements if is_trader(r)]
    judgements += _same_goods(offer, description)
    judgements += [*_other_material(offer, description), *_rivalry(offer, description)]
    if is_spare:
        work = [i for i in offer.items if i not in sought]
        judgements += have_work_done(work, description)
    judgements += who_trades_in_it(offer, description)
    return Comparison(tuple({j.requirement.key: j for j in judgements}.values()))


def is_rival(comparison: Comparison) -> bool:
    """Whether somebody only makes what is offered, or sells to its makers: nothing speaks for it."""
    notes = (_MAKES_IT, _SELLS_TO_THEM)
    return not comparison.met and any(judged.note in notes for judged in comparison.unmet)


def _is_what_it_is_of(offer: Specification, item: Requirement) -> bool:
    """Whether a name tells of what the thing behind it is made, and no product: 板材太阳镜."""
    return item.role is ItemRole.WHOLE and any(
        (stuff.start, stuff.end) == (item.start, item.end)
        for stuff in offer.of(RequirementKind.MATERIAL)
    )


def _makes_a_kind(item: Requirement, description: Specification) -> Requirement | None:
    """A kind of a thing, in words that only the thesaurus knows: 吸顶灯, of 灯具."""
    said = description.of(RequirementKind.PRODUCT)
    if item.aspect == UNLISTED or any(other.family == item.family for other in said):
        return None  # what is said of it is read: 做阀门行业十来年
    made = stated(item, description)
    return None if made is None or made.denied or not is_made(made) else made


def _made_beside(item: Requirement, makes: list[Requirement]) -> Requirement | None:
    """What makers of a thing make beside it: frames, of who is to buy sunglasses."""
    return next((o for o in makes if o.value in made_by_makers_of(item.value)), None)


def _same_goods(offer: Specification, description: Specification) -> list[Judgement]:
    """Goods that are known by what trade makes them, 真空袋, against who makes the same."""
    if has_it_done(description.text):
        return []
    says = fold(description.text)
    found = []
    for item in offer.of(RequirementKind.PROCESS):
        at = says.find(item.text) if _is_goods(item) else -1
        if at >= 0 and item not in named_customers(offer):
            made = item._replace(start=at, end=at + len(item.text))
            found.append(Judgement(item, Fulfilment.UNMET, made, _MAKES_IT))
    return found


def _is_goods(item: Requirement) -> bool:
    is_thing = item.aspect == CONCEPT and item.text[-1:] in ENDS
    return is_thing and item.role is ItemRole.ITSELF and not item.denied


def _another_kind(item: Requirement, makes: list[Requirement]) -> Requirement | None:
    """What is made of the kinds of a thing where those who make one of them are sought: 植保机厂."""
    if item.value == item.family:
        return None
    return next((o for o in makes if o.family == item.family and o.value != o.family), None)


def _recovered(item: Requirement, description: Specification) -> Requirement | None:
    """The recycling by which somebody has such a thing itself: recycled fibre, of a recycler."""
    if not item.value.startswith("recycled "):
        return None
    works = description.of(RequirementKind.PROCESS)
    return next((w for w in works if w.value == "recycling" and not w.denied), None)


def _is_blank(offer: Specification, item: Requirement) -> bool:
    """Whether what is offered has yet to become the thing that is named: 镜片毛坯, lens blanks."""
    text = fold(offer.text)
    return bool(_BLANK.search(text, item.start, item.end) or _BLANK_AFTER.match(text, item.end))


def _works_with(
    item: Requirement, offer: Specification, description: Specification
) -> Requirement | None:
    """The work that somebody does with what is offered: moulders, of moulds and granules."""
    work = tools().get(item.value)
    if not work and (melted := _MELTED_BY.get(item.value)):
        families = {each.family for each in offer.of(RequirementKind.MATERIAL)}
        is_plastic = not families.isdisjoint(plastics()) or _OF_PLASTIC.search(fold(offer.text))
        work = melted if is_plastic else None
    works = description.of(RequirementKind.PROCESS) if work else ()
    return next((w for w in works if w.value == work and not w.denied), None)


def _finishes(description: Specification, work: frozenset[str] | None = None) -> bool:
    """Whether a description begins with work on things of others: 挂镀镍金，只做眼镜小件."""
    things = [i for i in description.items if i.kind in CORE and not i.denied]
    first = next((i for i in things if i.role is ItemRole.ITSELF), None)
    return first is not None and first.value in (work or finishing() - MAKING)


def _served(description: Specification) -> list[Requirement]:
    """What those make whom a description names as its customers, or sells parts for."""
    products = description.of(RequirementKind.PRODUCT)
    if _finishes(description):
        return list(products)
    compounds = {item.start for item in products if item.aspect == UNLISTED}  # 轴承件 are made
    return [
        item
        for item in products
        if item.role is _CUSTOMER
        or (
            (item.role is ItemRole.WHOLE and item.start not in compounds)
            and not _is_what_it_is_of(description, item)
        )
    ]


def _is_sold_to(item: Requirement, served: Requirement, does_service: bool) -> bool:
    """Whether those who make a thing are served; of wholes, those who make no part of one."""
    is_apart = does_service or served.role is _CUSTOMER or item.role is ItemRole.ITSELF
    return is_apart and (item.value in (served.value, served.family) or item.family == served.value)


def _other_material(offer: Specification, description: Specification) -> list[Judgement]:
    """A material that is offered to who works only others: acetate sheet, to titanium frames."""
    things = {i.value for i in offer.of(RequirementKind.PRODUCT) if i not in named_customers(offer)}
    text = fold(offer.text)
    worked = [i for i in description.of(RequirementKind.MATERIAL) if not i.denied]
    if not worked or any(map(has_own_name, things)):  # hinges go into frames of any metal
        return []
    return [
        Judgement(item, Fulfilment.UNMET, worked[0], tentative=True)
        for item in offer.of(RequirementKind.MATERIAL)
        if not item.denied
        and item.role is ItemRole.ITSELF
        and (things or _BARE.match(text, item.end))  # not "silicone tips": a thing that no list has
        and all(same_material(item, other).verdict is Fulfilment.UNMET for other in worked)
    ]


def _is_of_other_stuff(item: Requirement, offer: Specification, made: Specification) -> bool:
    """Whether the name of a thing is that of a material that somebody does not work: 板材, titanium."""
    stuffs = [s for s in offer.of(RequirementKind.MATERIAL) if s.start == item.start]
    worked = [i for i in made.of(RequirementKind.MATERIAL) if not i.denied]
    return any(
        bool(worked) and all(same_material(s, w).verdict is Fulfilment.UNMET for w in worked)
        for s in stuffs
    )


def _rivalry(offer: Specification, description: Specification) -> list[Judgement]:
    """The work or material offered that somebody offers, too: no customer, but one of the trade."""
    serves = any(i.role is _CUSTOMER for i in description.of(RequirementKind.PRODUCT))
    core = [i for i in description.items if i.kind in CORE and i.aspect != UNLISTED]
    first = next((i for i in core if i.role is ItemRole.ITSELF), None)
    is_alike = _finishes(offer) or not _offers_things(offer)
    trade = first if first and first.kind is RequirementKind.PROCESS and is_alike else None
    works = [i for i in description.of(RequirementKind.PROCESS) if not i.denied]
    found = []
    for item in offer.of(RequirementKind.PROCESS):
        if item.denied or item in named_customers(offer):
            continue
        done = next((other for other in works if other.value == item.value), None)
        if not serves:
            done = trade if trade and _is_one_trade(item, trade) else None
            done = None if done and _is_own_workshop(description, done) else done
        done = done or _shaped_alike(item, description)
        if done is not None:
            note = message("does it for others itself")
            found.append(Judgement(item, Fulfilment.UNMET, done, note))
    if not found and (other := _works_on_the_same(offer, description)):
        found.append(other)
    is_stock = not core and _STOCK.search(fold(description.text))
    if is_stock and is_alike and not offer.of(RequirementKind.PROCESS):
        stocks = description.of(RequirementKind.MATERIAL)
        note = message("sells it itself")
        found += [
            Judgement(item, Fulfilment.UNMET, stock, note)
            for item in offer.of(RequirementKind.MATERIAL)
            for stock in stocks[:1]
            if not item.denied and item.family == stock.family
        ]
    return found


def _works_on_the_same(offer: Specification, description: Specification) -> Judgement | None:
    """Other work that somebody does for others on things of the kind: dyeing of lenses, of a coater."""
    if not (_finishes(offer) and _finishes(description)):
        return None
    offered_on, done_on = (
        {name for item in text.of(RequirementKind.PRODUCT) for name in (item.value, item.family)}
        for text in (offer, description)
    )
    works = (i for i in offer.of(RequirementKind.PROCESS) if i.role is ItemRole.ITSELF)
    work = next((i for i in works if i not in named_customers(offer)), None)
    done = next((i for i in description.of(RequirementKind.PROCESS) if not i.denied), None)
    if work is None or done is None or offered_on.isdisjoint(done_on):
        return None
    return Judgement(work, Fulfilment.UNMET, done, message("works on it for others, too"))


def _shaped_alike(work: Requirement, description: Specification) -> Requirement | None:
    """The same work, or things named by it, that somebody offers: castings, of who casts."""
    if work.family not in shapes() or work.role is not ItemRole.ITSELF:
        return None
    offers = (*description.of(RequirementKind.PROCESS), *description.of(RequirementKind.PRODUCT))
    alike = (item for item in offers if item.family == work.family and is_made(item))
    return next((i for i in alike if not _is_own_workshop(description, i)), None)


def _is_own_workshop(description: Specification, work: Requirement) -> bool:
    """Whether work is only done for the owner's own product: 电吹风厂，自有注塑车间."""
    text = fold(description.text)
    return bool(_OWN_BEFORE.search(text[max(0, work.start - 12) : work.start]))


def _is_one_trade(work: Requirement, other: Requirement) -> bool:
    """Whether work is the same, or both are treatments of surfaces."""
    return work.value == other.value or all(map(_SURFACE.search, (work.value, other.value)))


def _offers_things(offer: Specification) -> bool:
    return any(
        is_made(i) and i.aspect != UNLISTED and i not in named_customers(offer)
        for i in offer.of(RequirementKind.PRODUCT)
    )


def _is_trade_served(
    item: Requirement, makes: list[Requirement], description: Specification
) -> bool:
    """Whether a product names the trade of those who buy another one: blades, 做阀门行业十来年."""
    return bool(_TRADE_AFTER.match(fold(description.text), item.end)) and any(
        other.start < item.start and other.value != item.value for other in makes
    )
