"""What a need or an offer specifies, read from its words, and whether the other meets it."""

from matchmaker.recommend.specification.choices import Choices
from matchmaker.recommend.specification.comparison import compare, covers, has_name
from matchmaker.recommend.specification.customers import (
    compare_customer,
    is_rival,
    made_by_customers,
    without_customers,
)
from matchmaker.recommend.specification.customers_named import (
    names_customers,
    offered,
    seeks_traders,
    sought_by,
)
from matchmaker.recommend.specification.doers import MAKING, NAMED_WORK
from matchmaker.recommend.specification.labs_sought import asks_for_labs
from matchmaker.recommend.specification.lacks import lacking, with_lacks_sought
from matchmaker.recommend.specification.makers_sought import asks_for_makers, has_it_done, of_makers
from matchmaker.recommend.specification.markets import ABROAD
from matchmaker.recommend.specification.model import (
    CORE,
    SUBJECT_KINDS,
    TOLD_BY_GRAPH,
    UNLISTED,
    Comparison,
    Fulfilment,
    ItemRole,
    Judgement,
    Requirement,
    RequirementKind,
    Specification,
)
from matchmaker.recommend.specification.names import (
    in_chinese,
    material_names,
    names_of,
    names_of_kinds,
)
from matchmaker.recommend.specification.places import (
    AROUND,
    ELSEWHERE,
    LOCAL,
    REGIONS,
    alternatives,
)
from matchmaker.recommend.specification.reading import (
    read,
    without_conditions,
    without_denied,
    without_measures,
    without_partners,
)
from matchmaker.recommend.specification.spare_capacity import lends_own
from matchmaker.recommend.specification.speaker import (
    is_said_by_a_firm,
    said_of_speaker,
    trades_of_speaker,
    without_named_speaker,
    without_speaker,
)
from matchmaker.recommend.specification.together import (
    only_seeks,
    without_aim,
    without_own,
    without_what_peers_buy,
)
from matchmaker.recommend.specification.users_sought import asks_for_customers
from matchmaker.recommend.specification.vocabulary import finishing
from matchmaker.recommend.specification.wholes import is_made

__all__ = [
    "ABROAD",
    "AROUND",
    "CORE",
    "ELSEWHERE",
    "LOCAL",
    "MAKING",
    "NAMED_WORK",
    "REGIONS",
    "SUBJECT_KINDS",
    "TOLD_BY_GRAPH",
    "UNLISTED",
    "Choices",
    "Comparison",
    "Fulfilment",
    "ItemRole",
    "Judgement",
    "Requirement",
    "RequirementKind",
    "Specification",
    "alternatives",
    "asks_for_customers",
    "asks_for_labs",
    "asks_for_makers",
    "compare",
    "compare_customer",
    "covers",
    "finishing",
    "has_it_done",
    "has_name",
    "in_chinese",
    "is_made",
    "is_rival",
    "is_said_by_a_firm",
    "lacking",
    "lends_own",
    "made_by_customers",
    "material_names",
    "names_customers",
    "names_of",
    "names_of_kinds",
    "of_makers",
    "offered",
    "only_seeks",
    "read",
    "said_of_speaker",
    "seeks_traders",
    "sought_by",
    "trades_of_speaker",
    "with_lacks_sought",
    "without_aim",
    "without_conditions",
    "without_customers",
    "without_denied",
    "without_measures",
    "without_named_speaker",
    "without_own",
    "without_partners",
    "without_speaker",
    "without_what_peers_buy",
]
