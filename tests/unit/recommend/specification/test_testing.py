"""Kinds of testing are told apart: a salt spray test is no fire test."""

from __future__ import annotations

import pytest

from matchmaker.recommend.specification import Fulfilment, RequirementKind, compare, read


def work(text: str) -> list[str]:
    return [item.value for item in read(text).of(RequirementKind.PROCESS)]


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("找地方做盐雾试验", ["salt spray testing"]),
        ("where can we get salt spray tests done", ["salt spray testing"]),
        ("想找个地方测一下材料的盐雾和硬度", ["salt spray testing", "hardness testing"]),
        ("检测室可测色牢度、起毛起球", ["colour fastness testing", "pilling testing"]),
        ("做起球和色牢度测试", ["pilling testing", "colour fastness testing"]),
        (
            "salt spray, vibration and drop testing",
            ["salt spray testing", "vibration testing", "drop testing"],
        ),
        ("镜片透光率和阿贝数在哪能测", ["optical testing", "optical testing"]),
        ("someone who tests castings for leaks", ["leak testing"]),
        ("need a plater, parts must pass salt spray and hardness tests", ["plating"]),
        ("EMC测试", ["electromagnetic compatibility testing"]),
        ("检测", ["testing"]),
        ("镀层要做盐雾测试500小时以上", []),  # how long the coating lasts, no work wanted
        ("求购盐雾试验箱", []),
        (
            "振动、淋雨、高低温舱每周两天开放",
            ["vibration testing", "ingress protection testing", "climatic testing"],
        ),
        (
            "a climate chamber and a shaker table for three days",
            ["climatic testing", "vibration testing"],
        ),
        ("采购一台高低温箱", []),  # the chamber itself
        ("salt spray test chambers wanted", []),
        ("leak testing machines", []),
        (
            "hardness and metallographic examination of shafts",
            ["hardness testing", "metallographic testing"],
        ),
        ("谁能帮我们测阀门的逸散性泄漏", ["fugitive emission testing"]),
        ("座椅的燃烧试验和VOC检测", ["flammability testing", "volatile organic compound testing"]),
        ("零件已经通过盐雾测试，现在找人做包装", ["packaging"]),
        ("已通过盐雾、振动测试，找人做包装", ["packaging"]),
        ("the parts have passed the salt spray test, now we look for packaging", ["packaging"]),
        ("找能做盐雾、耐候耐黄变、附着力检测的第三方", ["salt spray testing", "adhesion testing"]),
        ("flammability, staining and odour tests", ["flammability testing", "odour testing"]),
        ("做抗菌、凉感和甲醛测试", ["antibacterial testing", "formaldehyde testing"]),
        ("绝缘耐压测试仪", []),
        ("镜架镍释放要检，一季能不能免一次费", ["nickel release testing"]),
        ("阀门、球阀和蝶阀检测", ["testing"]),
        ("产品要通过EMC测试，找实验室", ["electromagnetic compatibility testing"]),
    ],
)
def test_what_is_tested_is_read(text, kinds) -> None:
    assert work(text) == kinds


@pytest.mark.parametrize(
    ("need", "offer", "verdict"),
    [
        ("找地方做盐雾试验", "中性盐雾试验，CNAS，随到随做", Fulfilment.MET),
        ("找地方做盐雾试验", "防火试验装置对会员开放", Fulfilment.UNKNOWN),
        ("找地方做盐雾试验", "提供检测服务", Fulfilment.UNKNOWN),
        ("找检测服务", "防火试验装置对会员开放", Fulfilment.MET),
        ("fatigue tests of springs", "疲劳试验，可做弹簧", Fulfilment.MET),
    ],
)
def test_another_kind_of_test_does_not_meet_it_and_any_kind_meets_testing(
    need, offer, verdict
) -> None:
    judgements = compare(read(need), read(offer)).judgements
    (judgement,) = (j for j in judgements if j.requirement.kind is RequirementKind.PROCESS)
    assert judgement.verdict is verdict
