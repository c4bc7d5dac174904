"""Cells that were made to cost much: the time that they take grows as they do."""

import time

import pytest

from matchmaker.ingest.consortia import (
    consortium_members,
    is_only_form,
    is_organization_name,
    listed_members,
    without_others,
)
from matchmaker.ingest.names import name_key, without_former
from matchmaker.ingest.parties import name_and_country

LENGTH = 32_000  # about what a cell of a workbook holds
PARTS = (
    " ",
    ",",
    "，",
    "-",
    "\n",
    "\t",
    "(",
    "了",
    "A, ",
    "A Ltd and ",
    "A Ltd/",
    "公司和",
    "GB/T ",
    "1. ",
)
READERS = (
    consortium_members, listed_members, is_only_form, is_organization_name, without_others,
    name_key, without_former, name_and_country,
)  # fmt: skip


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("part", PARTS)
def test_a_cell_full_of_anything_is_read_in_a_second_or_two(reader, part):
    cell = (part * LENGTH)[:LENGTH]
    began = time.process_time()
    reader(f"A{cell}B")
    assert time.process_time() - began < 2


def test_a_cell_of_thousands_of_names_names_them_all():
    names = [f"Firm {number} Ltd" for number in range(3_000)]
    assert consortium_members(" and ".join(names)) == tuple(names)
