# ruff: noqa: E501 -- a file as it is exported
"""Exports of questionnaires as 问卷星 writes them."""

from __future__ import annotations

from pathlib import Path

from matchmaker.domain import Stage
from matchmaker.goals import GoalName
from matchmaker.ingest.list_guess import all_titles, column_samples
from matchmaker.ingest.report import Parsed
from matchmaker.ingest.suggestions import suggested
from matchmaker.ingest.table_file import open_table
from matchmaker.ingest.table_options import TableOptions
from matchmaker.ingest.tables import read_files

EXPORT = """序号,提交答卷时间,所用时间,来源,来源详情,来自IP,1、贵单位全称,2、单位性质,3、所在地区：,4、所属产业链环节（多选）,5、已通过的认证（多选）,6、主要产品,7、贵单位目前的采购需求（多选）,8、需求类别（多选）,9、是否愿意公开,10、联系人,11、手机
1,2026/3/1 9:21:05,125秒,微信,N/A,117.1.2.3(浙江-温州),示例甲阀门有限公司,A.企业,浙江省-温州市-永嘉县,研发┋制造,ISO9001┋CE┋其他〖IATF16949〗,球阀┋闸阀,不锈钢铸件┋密封件,采购┋技术,是,王小明,13800000001
2,2026/3/1 10:02:11,98秒,手机提交,直接访问,112.1.2.3(浙江-杭州),示例乙大学,B.高校,浙江省-杭州市-西湖区,研发,(空),(跳过),(空),(跳过),愿意,李四,13800000002
3,2026/3/2 8:00:00,60秒,微信,N/A,1.2.3.4,示例丙检测有限公司,A.企业,浙江省-温州市-龙湾区,售后服务,CNAS┋CMA,其他〖阀门检测〗,流动资金,融资┋贷款,否,赵六,13800000003
"""


def read(folder: Path) -> Parsed:
    path = folder / "wjx.csv"
    path.write_text(EXPORT, "utf-8-sig")
    samples = column_samples(open_table(path, expected=all_titles()))
    options = TableOptions(mapping=suggested("organizations", samples), source="my")
    return read_files([("organizations", path)], options)


def test_the_questions_are_the_header(tmp_path: Path) -> None:
    """An answer that is also a title, as 微信, makes a row no header."""
    assert [row.name for row in read(tmp_path).rows.organizations] == [
        "示例甲阀门有限公司", "示例乙大学", "示例丙检测有限公司",
    ]  # fmt: skip


def test_answers_to_one_question_are_told_apart(tmp_path: Path) -> None:
    rows = read(tmp_path).rows
    assert rows.organizations[0].stages == (Stage.RESEARCH, Stage.MAKING)
    kinds = {row.kind for row in rows.certificates}
    assert kinds == {"ISO 9001", "CE", "IATF 16949", "CNAS", "CMA"}
    texts = {row.text for row in rows.descriptions}
    assert texts >= {"球阀；闸阀", "阀门检测"}
    assert all("┋" not in text and "〖" not in text for text in texts)


def test_a_need_of_two_kinds_is_one_of_each(tmp_path: Path) -> None:
    parsed = read(tmp_path)
    assert [(need.goal, need.text) for need in parsed.rows.needs] == [
        (GoalName.SUPPLIER, "不锈钢铸件；密封件"), (GoalName.RESEARCH_PARTNER, "不锈钢铸件；密封件"),
    ]  # fmt: skip
    lost = [each.line for each in parsed.problems if each.field == "need" and each.is_lost]
    assert lost == [4]
