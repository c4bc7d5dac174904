"""The kinds and classes of the things of the graph: closed lists of terms.

Import them from `matchmaker.domain`, together with the things; only `goals`, which that module
needs itself, imports from here.
"""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """The kind of an organisation."""

    FIRM = "firm"
    UNIVERSITY = "university"
    RESEARCH_INSTITUTE = "research_institute"
    PLATFORM = "platform"
    PUBLIC_BODY = "public_body"


class OrganizationStatus(StrEnum):
    """The state of an organisation: is it there to be met?"""

    ACTIVE = "active"  # 存续
    IN_LIQUIDATION = "in_liquidation"  # 清算, and 吊销: what is left to it is to be wound up
    DISSOLVED = "dissolved"  # 注销


class Size(StrEnum):
    """Size class of a firm (工信部联企业〔2011〕300号 / EU 2003/361/EC).

    SME is what a source says that knows only that it is none of the large.
    """

    MICRO = "micro"
    SMALL = "small"
    MEDIUM = "medium"
    LARGE = "large"
    SME = "sme"  # micro, small or medium: which is unknown


class Tier(StrEnum):
    """Gradient cultivation of SMEs (工信部企业〔2022〕63号), and lead firms."""

    INNOVATIVE = "innovative"  # 创新型中小企业
    SPECIALISED = "specialised"  # 专精特新
    LITTLE_GIANT = "little_giant"  # 小巨人
    CHAMPION = "champion"  # 单项冠军
    LEAD = "lead"  # 龙头


class Stage(StrEnum):
    """The ten value-chain stages, in order 创意 … 售后."""

    IDEA = "idea"  # 创意
    DESIGN = "design"  # 设计
    RESEARCH = "research"  # 研发
    MAKING = "making"  # 制造
    PRICING = "pricing"  # 定价
    MARKETING = "marketing"  # 营销
    TRADING = "trading"  # 交易
    STORAGE = "storage"  # 仓储
    DELIVERY = "delivery"  # 配送
    AFTER_SALES = "after_sales"  # 售后


class Layer(StrEnum):
    """Kinds of tie; layers are never pooled. Also the relationship types in Neo4j.

    Directed as read: source SUPPLIES target, USES a platform, SHARES_WITH, OWNS.
    COOPERATES_WITH and COMPETES_WITH have no direction.
    """

    SUPPLIES = "SUPPLIES"
    COOPERATES_WITH = "COOPERATES_WITH"
    USES = "USES"
    SHARES_WITH = "SHARES_WITH"
    OWNS = "OWNS"
    COMPETES_WITH = "COMPETES_WITH"


UNDIRECTED_LAYERS = frozenset({Layer.COOPERATES_WITH, Layer.COMPETES_WITH})
# No way to somebody leads over these.
RIVAL_LAYERS = frozenset({Layer.COMPETES_WITH})


class EngagementKind(StrEnum):
    """The kind of a dated joint undertaking."""

    RESEARCH_PROJECT = "research_project"
    CONTRACT = "contract"
    PATENT = "patent"
    EVENT = "event"


class Role(StrEnum):
    """The role of a participant in an engagement."""

    COORDINATOR = "coordinator"
    PARTNER = "partner"
    SUPPLIER = "supplier"
    BUYER = "buyer"
    OWNER = "owner"
    ATTENDEE = "attendee"


class OfferKind(StrEnum):
    """The kind of thing that an organisation can give."""

    PRODUCT = "product"
    SERVICE = "service"
    TECHNOLOGY = "technology"
    EQUIPMENT = "equipment"  # spare equipment or capacity
    PLATFORM_ACCESS = "platform_access"
    PROGRAMME = "programme"  # a policy, grant or public programme that others may apply to


# Parts of a score that are no evidence of the candidate: where anybody starts, and what being
# suggested to many others costs.
BASE, EXPOSURE = "base", "exposure"
NOT_OF_THE_CANDIDATE = frozenset({BASE, EXPOSURE})
# Families of evidence that hold for many whoever asks: told last where few are told.
OF_ANYBODY = frozenset({"home", "activity"})


class Terms(StrEnum):
    """On what terms an offer is given."""

    FREE = "free"
    DISCOUNTED = "discounted"
    MARKET = "market"


class NeedState(StrEnum):
    """Life of a need. Allowed transitions are in `NEED_TRANSITIONS`."""

    OPEN = "open"
    MATCHED = "matched"
    CLOSED = "closed"
    EXPIRED = "expired"


class StatementKind(StrEnum):
    """The kind of a text that speaks for an organisation."""

    OFFER = "offer"
    NEED = "need"
    ENGAGEMENT = "engagement"
    DESCRIPTION = "description"


class PlaceLevel(StrEnum):
    """The level of a place."""

    COUNTRY = "country"
    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"


class SourceTier(StrEnum):
    """The strength of a fact's source, the strongest first: no weaker one changes a fact."""

    SELF = "self"  # stated by the organisation itself
    CONFIRMED = "confirmed"  # by a person: an administrator, a coordinator
    REGISTER = "register"
    IMPORT = "import"
    DERIVED = "derived"  # worked out, or taken by default

    @property
    def rank(self) -> int:
        """0 for the strongest."""
        return list(SourceTier).index(self)


class ClaimTier(StrEnum):
    """The one who stands for what an organisation says of itself, the weakest first."""

    STATED = "stated"  # by the organisation, or by a list that names it
    PARTNER = "confirmed_by_partner"  # by one that it worked with
    COORDINATOR = "confirmed_by_coordinator"  # by a coordinator of its cluster, or an administrator
    REGISTER = "from_register"  # by the register of who issued it

    @property
    def rank(self) -> int:
        """0 for the weakest."""
        return list(ClaimTier).index(self)


class DatePrecision(StrEnum):
    """The precision of a date; the rest of it is the first day of what is known."""

    YEAR = "year"
    QUARTER = "quarter"
    MONTH = "month"
    DAY = "day"
