"""Another goal is named where a question asks for labs and the goal finds firms."""

from matchmaker.domain import GoalName, Kind
from matchmaker.services.matching.better_goal import better_goal, better_goal_notice

LAB = "我校有石墨烯导热膜技术，想找做低温的实验室一起攻关"
FIRMS = "我校有石墨烯导热膜技术，想找企业一起攻关"


def test_a_guest_and_a_firm_find_labs_as_research_partners():
    for goal in (GoalName.SUPPLIER, GoalName.INDUSTRY_PARTNER, GoalName.CUSTOMER):
        assert better_goal(goal, LAB, None) is GoalName.RESEARCH_PARTNER
        assert better_goal(goal, LAB, Kind.FIRM) is GoalName.RESEARCH_PARTNER


def test_labs_that_may_not_ask_for_research_partners_find_them_in_other_clusters():
    assert better_goal(GoalName.INDUSTRY_PARTNER, LAB, Kind.UNIVERSITY) is GoalName.CROSS_CLUSTER


def test_nothing_is_said_where_labs_are_found_or_firms_are_asked_for():
    assert better_goal(GoalName.RESEARCH_PARTNER, LAB, None) is None
    assert better_goal(GoalName.CROSS_CLUSTER, LAB, None) is None
    assert better_goal(GoalName.INDUSTRY_PARTNER, FIRMS, None) is None
    assert better_goal_notice(GoalName.INDUSTRY_PARTNER, FIRMS, None) == ()


def test_the_notice_names_the_goal_in_the_readers_language():
    (notice,) = better_goal_notice(GoalName.INDUSTRY_PARTNER, LAB, None)
    assert notice.text("en").endswith("They are found under: Research partners")
    assert "科研" in notice.text("zh")
