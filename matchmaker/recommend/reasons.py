"""Why, in sentences: what each kind of evidence contributed, for and against."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from matchmaker.recommend.evidence import FITS, FITS_PARTLY
from matchmaker.recommend.features import FEATURES, Family
from matchmaker.recommend.features.affinity import country_work
from matchmaker.recommend.features.candidate import in_other_cluster
from matchmaker.recommend.graph import Network
from matchmaker.recommend.model import BASE, EXPOSURE, Reason
from matchmaker.recommend.pairs import Pairs
from matchmaker.recommend.questions import Whose
from matchmaker.recommend.rank import NEGLIGIBLE, Contributions

FIT_UNKNOWN = 1e-6
_ASKED = {
    Whose.NEED: ("您的需求", "what you ask"),
    Whose.OWN: ("贵方业务", "what you do"),
    Whose.PEERS: ("贵行业同类企业的需求", "what others in your industry ask"),
}
SAME_PLACE_KM = 1.0
ACTIVE = 3


class Facts:
    """What is known of one candidate against the seeker, for the sentences."""

    def __init__(self, pairs: Pairs, row: int) -> None:
        self._pairs, self._row = pairs, row
        self._organizations = pairs.snapshot.organizations

    def feature(self, name: str) -> float:
        """A feature's value for this candidate alone."""
        one = self._pairs.narrowed(np.array([self._row], dtype=np.int32), {})
        return float(FEATURES[name].compute(one)[0])

    @property
    def fit(self) -> float:
        return float(self._pairs.fit.best[self._row])

    @property
    def whose(self) -> Whose:
        return self._pairs.fit.whose

    @property
    def shared(self) -> int:
        return int(self._pairs.walked(Network.shared_partners)[self._row])

    @property
    def undertakings(self) -> int:
        return int(self._pairs.network.joint_count[self._row])

    @property
    def with_country(self) -> float:
        return float(country_work(self._pairs)[self._row])

    @property
    def same_country(self) -> bool:
        country = int(self._organizations.country[self._row])
        return country >= 0 and country == self._pairs.country

    @property
    def borders(self) -> bool:
        """Whether organisations of more than one country are known at all."""
        country = self._organizations.country
        known = country[country >= 0]
        return bool(len(known) and (known != known[0]).any())

    @property
    def other_cluster(self) -> bool:
        return bool(in_other_cluster(self._pairs.snapshot, self._pairs.seeker)[self._row])

    @property
    def capacity(self) -> int:
        return int(self._organizations.capacity[self._row])

    @property
    def verified(self) -> bool:
        return bool(self._organizations.verified[self._row])


Said = tuple[float | None, str, str]
Sentence = Callable[[Facts, bool], Said]


def _text(facts: Facts, good: bool) -> Said:
    fit = facts.fit
    if fit < FIT_UNKNOWN:
        return None, "没有可对照的文字", "no text of its to compare"
    zh, en = _ASKED[facts.whose]
    if fit < FITS_PARTLY:
        return (
            fit,
            f"其文字与{zh}关联不大（{fit:.2f}）",
            f"its texts say little of {en} ({fit:.2f})",
        )
    degree, how = ("部分相符", "partly fit") if fit < FITS else ("相符", "fit")
    but_zh, but_en = ("", "") if good else ("，但更相符者不少", ", others' do more")
    return (
        fit,
        f"其文字与{zh}{degree}（{fit:.2f}）{but_zh}",
        f"its texts {how} {en} ({fit:.2f}){but_en}",
    )


def _network(facts: Facts, good: bool) -> Said:
    shared = facts.shared
    if shared and good:
        who = "one partner" if shared == 1 else f"{shared} partners"
        return float(shared), f"与您有{shared}个共同伙伴", f"you have {who} in common"
    if good:
        return 0.0, "在合作网络中与您相近", "near to you in the network of undertakings"
    if shared:
        return (
            float(shared),
            f"有{shared}个共同伙伴，但网络中更近者不少",
            f"{shared} partners in common, but many others are nearer to you",
        )
    return 0.0, "在合作网络中与您尚无联系", "not linked to you in the network yet"


def _history(facts: Facts, good: bool) -> Said:
    del good  # a fact of its own
    value = facts.feature("worked_with_you")
    if value > 0:
        return value, "你们近期有过合作", "you two have worked together"
    return value, "你们尚未合作过", "you two have not worked together yet"


def _home(facts: Facts, good: bool) -> Said:
    value = facts.with_country
    if not facts.borders:  # where all are of one country, that it is the same says nothing
        often = ("近期常与您这类机构合作", "often works with organisations like you")
        seldom = ("近期较少与您这类机构合作", "seldom works with organisations like you")
        return (value, *(often if good else seldom))
    if good and facts.same_country:
        return value, "同在一国，近期常与本国机构合作", "of your own country, and active in it"
    if good:
        return value, "近期常与贵国机构合作", "often works with organisations of your country"
    return value, "近期较少与贵国机构合作", "seldom works with organisations of your country"


def _nearness(facts: Facts, good: bool) -> Said:
    km = facts.feature("nearness")
    if math.isnan(km):
        return None, "距离不明，按一般计", "distance unknown, counted as average"
    if km < SAME_PLACE_KM:
        return km, "在同一地", "in the same place"
    if good:
        return km, f"相距约{km:.0f}公里", f"about {km:.0f} km away"
    return km, f"相距较远，约{km:.0f}公里", f"rather far, about {km:.0f} km away"


def _programme(facts: Facts, good: bool) -> Said:
    value = facts.feature("programme_activity")
    if good:
        return value, "近期活跃于您所在的计划领域", "lately active in the programmes you are in"
    return value, "在您所在的计划领域较少活动", "little active in the programmes you are in"


def _activity(facts: Facts, good: bool) -> Said:
    count = facts.undertakings
    many = "one joint undertaking" if count == 1 else f"{count} joint undertakings"
    if not count:
        return 0.0, "尚无合作记录", "no joint undertaking on record"
    if good and count >= ACTIVE:
        return float(count), f"合作活跃，已有{count}项记录", f"active: {many} on record"
    if good:
        return float(count), f"已有{count}项合作记录", f"{many} on record"
    return float(count), f"合作记录较少（{count}项）", f"not very active: {many} on record"


def _industry(facts: Facts, good: bool) -> Said:
    same = facts.feature("same_industry")
    if facts.other_cluster and good:
        return None, "来自其他集群", "from another cluster"
    if same == 1:
        return same, "行业相同", "the same industry"
    if same > 0:
        return same, "行业相近", "a related industry"
    if good:
        return None, "价值链环节与您互补", "holds stages of the value chain that you do not"
    return None, "行业不同", "another industry"


def _trust(facts: Facts, good: bool) -> Said:
    if not good:
        return None, "接洽余力有限或信息未核验", "little capacity left, or not verified"
    said = []
    if facts.feature("terms") > 0:
        said.append(("提供免费或优惠条件", "offers free or discounted terms"))
    if facts.verified:
        said.append(("身份已核验", "its identity is verified"))
    if facts.capacity > 0:
        said.append((f"还可接洽{facts.capacity}家", f"can take on {facts.capacity} more"))
    if not said:
        return None, "信息可靠", "reliable information"
    return None, "，".join(zh for zh, _ in said), ", ".join(en for _, en in said)


def _rivalry(_: Facts, good: bool) -> Said:
    if good:
        return 0.0, "无竞争关系记录", "not recorded as a competitor"
    return 1.0, "有竞争关系记录", "recorded as a competitor"


_SENTENCES: dict[Family, Sentence] = {
    Family.TEXT: _text,
    Family.NETWORK: _network,
    Family.HISTORY: _history,
    Family.HOME: _home,
    Family.NEARNESS: _nearness,
    Family.PROGRAMME: _programme,
    Family.ACTIVITY: _activity,
    Family.INDUSTRY: _industry,
    Family.TRUST: _trust,
    Family.RIVALRY: _rivalry,
}


def reasons(
    pairs: Pairs, row: int, found: Contributions, place: int, price: float
) -> tuple[Reason, ...]:
    """What spoke for the candidate, then what spoke against it.

    In the order in which the evidence was taken away, so that losing the first
    costs just what it says. Contributions add up to the score: those of the kinds
    of evidence, the price of being suggested to many others already (`exposure`),
    and what anybody gets without any (`base`).
    """
    facts = Facts(pairs, row)
    parts = [
        _reason(facts, found.families[column], float(found.parts[place, column]))
        for column in found.order[place].tolist()
    ]
    often = ("找的人多，略作后移，让更多机构有机会", "much sought after: others get a turn")
    parts.append(Reason(EXPOSURE, -price, None, *often))
    base = float(found.base[place])
    parts.append(Reason(BASE, base, None, "无任何依据时的起点", "where anybody starts"))
    telling = [reason for reason in parts if abs(reason.contribution) > NEGLIGIBLE]
    speaking_for = [one for one in telling if one.contribution > 0 and one.feature != BASE]
    against = [one for one in telling if one.contribution < 0 and one.feature != BASE]
    against.sort(key=lambda reason: (reason.contribution, reason.feature))
    start = [one for one in telling if one.feature == BASE]
    return (*speaking_for, *against, *start)


def _reason(facts: Facts, family: Family, contribution: float) -> Reason:
    value, zh, en = _SENTENCES[family](facts, contribution >= 0)
    return Reason(family.value, contribution, value, zh, en)
