"""What a trade calls its things and its work, in either language, meets who offers it."""

from __future__ import annotations

import pytest

from matchmaker.recommend.specification import CORE, Fulfilment, ItemRole, compare, read

# A need, a statement in the other language or in other words, and what is met of it.
ASKED_AND_OFFERED = [
    (
        "Who etches leather grain into a mould cavity? Texture etching",
        "蚀纹、激光咬花，老师傅七人。",
        "mould texturing",
    ),
    ("who can heat-set socks for us", "蒸汽定型代工，立体脚型板三千副", "boarding"),
    ("sock toes, loop-to-loop linking", "盘缝缝头外发，日九千双", "hand toe linking"),
    ("low-emission packing for valves", "低逸散石墨填料，API 622", "gland packing"),
    ("window boxes for a scarf", "开窗礼盒，一千套起印", "carton box"),
    ("single point diamond turning", "单点金刚石车床夜间开放", "lens generator"),
    ("ENP coating of shafts", "化学镀镍磷，50 µm", "electroless nickel plating"),
    ("we want tungsten carbide sprayed on rams", "HVOF喷WC-12Co", "thermal spraying"),
    ("模仁要晒纹", "Mould texturing and laser engraving of textures.", "mould texturing"),
    (
        "goggle lenses of polycarbonate with an anti-fog dip",
        "双层滑雪镜片，内片浸涂防雾",
        "anti-fog coating",
    ),
    ("镜片加硬找代工", "Hard coating of resin lenses, 5,000 a day", "hard coating"),
    (
        "AR coating for lenses, 1,000 a day",
        "镜片代镀减反射膜，反射率0.8%",
        "anti-reflective coating",
    ),
    ("narrow-band optical filters, 25 mm", "窄带滤光片，直径25 mm", "optical filter"),
    ("采购五氧化三钛药丸", "Ti3O5 tablets for vacuum coating", "titanium oxide tablet"),
    ("vacuum gas quenching of H13 inserts", "模具钢真空气淬，H13到HRC48", "quenching"),
    ("glow wire test on a new compound", "UL 94、灼热丝、CTI、氧指数同日做完", "glow wire testing"),
    ("drone nest for unattended patrols", "固定机巢，无人值守，自动换电", "drone dock"),
    ("求购自组网电台", "Ad-hoc network radios, 15 km", "mesh radio"),
    ("MEMS IMU for a small drone", "MEMS惯导，陀螺零偏2°/h", "inertial navigation unit"),
    ("GNSS-denied navigation for drones", "视觉惯性里程计，误差0.5%", "visual navigation"),
    ("sizing agent for carbon fibre", "碳纤维环氧上浆剂，固含30%", "sizing agent"),
    ("求购高碳铬铁", "Ferrochrome and foundry returns in stock", "ferrochrome"),
    ("vendor-managed inventory of fasteners", "代管库存：在客户车间放看板箱", "consignment stock"),
    ("找滚塑厂做水箱", "Rotational moulding of tanks", "rotational moulding"),
    ("挤出口模，做管材用的", "Extrusion dies for pipe", "extrusion die"),
    ("橡筋线，袜口用", "Elastic thread and covered yarn for socks", "yarn"),
    ("经编机上的导纱针", "Yarn guides and guide bars for warp knitting machines", "yarn guide"),
    ("furnace heating elements of graphite", "2800 ℃炉用等静压石墨加热体", "heating element"),
    (
        "thermal insulation cylinders for a carbon furnace",
        "碳碳保温筒，2200 ℃",
        "insulation cylinder",
    ),
    (
        "mould inserts with conformal cooling, printed by SLM",
        "金属3D打印随形水路镶件",
        "3d printing",
    ),
    ("who handles SASO paperwork and EAC paperwork", "代做COC、代做SASO", "export certification"),
    ("motion capture for indoor flights", "有室内动捕与50架集群", "motion capture system"),
    ("请人做有限元", "Finite element analysis of pressure parts", "structural simulation"),
    ("CFD of a furnace's gas flow", "气流场仿真，可驻厂", "flow simulation"),
    ("mold flow analysis before we cut steel", "Moldflow云许可按小时用", "mould flow simulation"),
    ("想借关节臂检大件", "A portable CMM, by the half day", "measuring arm"),
    ("HP-RTM covers", "快固化环氧，HP-RTM工艺，防护壳", "resin transfer moulding"),
    ("graphitization at 2,800 °C, three tonnes", "3000 ℃石墨化代工", "graphitisation"),
    ("灭火弹投放器", "Payload release mechanisms, 2 kg each", "payload release"),
    ("dual-sensor gimbal camera", "三光吊舱，测距1500米，AI跟踪", "gimbal"),
    ("valve-gate hot runner, 16 drops", "针阀热流道4–32点，伺服驱动", "hot runner"),
    ("battery box covers", "HP-RTM 电池箱上盖，三分钟节拍", "battery enclosure"),
    ("toll melting of duplex steel", "三吨中频炉有空炉，可代熔代浇双相钢", "casting"),
    (
        "EMC testing in a three-metre chamber",
        "三米法暗室、风场墙",
        "electromagnetic compatibility testing",
    ),
    ("retrofit of old sock machines", "袜机改电控，168针改200针", "machine retrofit"),
    ("tinting of sun lenses", "太阳片渐变染色代工，三天交", "dyeing"),
    ("a roundness tester by the hour", "三坐标、圆度仪、粗糙度仪共享", "roundness testing"),
    ("谁能做脱脂禁油", "Oxygen cleaning of valves in a clean room", "degreasing"),
]


@pytest.mark.parametrize(("need", "statement", "thing"), ASKED_AND_OFFERED)
def test_a_usual_name_meets_who_offers_the_thing_in_other_words(need, statement, thing):
    comparison = compare(read(need), read(statement))
    assert thing in [judgement.requirement.value for judgement in comparison.met]
    assert not comparison.aside


@pytest.mark.parametrize(
    ("text", "thing"),
    [
        ("求购仿真花", "simulation"),
        ("降噪耳机五百副", "noise reduction"),
        ("碳化硅密封环", "carbonisation"),
        ("电池单体电压", "monomer"),
        ("皮纹纸礼盒", "mould texturing"),
        ("真空炉用保温筒", "heat treatment"),
        ("进口模具翻新", "extrusion die"),
        ("大水口模架", "extrusion die"),
        ("medium-sized valve maker", "sizing"),
        ("高模量碳纤维", "mould"),
    ],
)
def test_a_short_name_within_another_word_names_nothing(text, thing):
    assert thing not in [item.value for item in read(text).items]


@pytest.mark.parametrize("text", ["anti-fog lenses, base 6", "anti-reflective lenses, index 1.6"])
def test_a_coating_that_a_thing_has_leaves_the_thing_wanted(text):
    wanted = [i for i in read(text).items if i.kind in CORE and i.role is ItemRole.ITSELF]
    assert "lens" in [item.value for item in wanted]


@pytest.mark.parametrize(
    ("grade", "verdict"), [("1.2709", Fulfilment.MET), ("H13", Fulfilment.UNMET)]
)
def test_maraging_steel_is_a_tool_steel_of_its_own(grade, verdict):
    need, statement = read("18Ni300 mould inserts"), read(f"Mould inserts in {grade} steel")
    verdicts = {j.requirement.value: j.verdict for j in compare(need, statement).judgements}
    assert verdicts["18NI300"] is verdict
