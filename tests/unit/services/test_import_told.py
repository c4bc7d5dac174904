"""What is told of an import when it is over."""

from matchmaker.services.operations.import_records import line_outcomes
from matchmaker.workflow.job import LineCounts


def test_what_there_is_none_of_is_not_told():
    assert line_outcomes(LineCounts(9, 9)).text("en") == "Of 9 lines 9 were loaded."
    assert line_outcomes(LineCounts(9, 9)).text("zh") == "共 9 行，载入 9 行。"


def test_what_was_left_out_is_told():
    told = line_outcomes(LineCounts(9, 6, refused=2, passed=1)).text("en")
    assert told == "Of 9 lines 6 were loaded. Left out for errors: 2. Passed over: 1."
