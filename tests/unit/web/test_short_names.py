"""Labels of a picture do not begin alike."""

from __future__ import annotations

import pytest

from matchmaker.web.short_names import short_names


@pytest.mark.parametrize(
    ("names", "places", "labels"),
    [
        (
            ["示例·朗拓阀门有限公司", "示例·海昌阀门集团股份有限公司", "示例·信科流体控制研究院"],
            [],
            ["朗拓阀门", "海昌阀门集团", "信科流体控制研究院"],
        ),
        (
            ["Sample Langtuo Valve Co., Ltd.", "Sample Xinke Institute", "Sample Zhengtuo Foundry"],
            [],
            ["Langtuo Valve", "Xinke Institute", "Zhengtuo Foundry"],
        ),
        (
            [
                "浙江温州天正阀门有限公司",
                "温州市宏达机械厂",
                "永嘉县华兴铸造有限责任公司",
                "Wenzhou Valve Ltd",
            ],
            ["浙江省", "温州市", "永嘉县", "Wenzhou City"],
            ["天正阀门", "宏达机械厂", "华兴铸造", "Valve"],
        ),
        # Two that would be alike keep what tells them apart.
        (["温州华兴厂", "华兴厂"], ["温州市"], ["温州华兴厂", "华兴厂"]),
        # A name that is nothing but a place, or a place in the middle, stays.
        (
            ["温州市", "新温州阀门", "Wenzhouer Beer"],
            ["温州市", "Wenzhou"],
            ["温州市", "新温州阀门", "Wenzhouer Beer"],
        ),
        # Two of a hundred that begin alike are no pattern.
        (["华兴阀门", "华兴铸造", "天正泵业"], [], ["华兴阀门", "华兴铸造", "天正泵业"]),
        ([], ["温州市"], []),
    ],
)
def test_a_label_leaves_out_what_many_share(names, places, labels):
    assert short_names(names, places) == labels
