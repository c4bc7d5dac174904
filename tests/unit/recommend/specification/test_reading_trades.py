"""Names and turns of the trades that were misread when they were typed."""

from __future__ import annotations

import pytest

from matchmaker.recommend.specification import ItemRole, read


@pytest.mark.parametrize(
    ("text", "asked_for"),
    [
        ("三通换向阀，食品级", ["directional valve"]),
        ("角座阀，气动", ["angle seat valve"]),
        ("要一批TR90颗粒", ["tr90", "granules"]),
        ("除尘器颗粒物排放检测", ["testing"]),
        ("谁能翻新旧注塑机", ["repair"]),
        ("求购热处理炉", ["furnace"]),
        ("谁家有真空热处理炉夜里空着", ["heat treatment"]),  # its work, and not the furnace
        ("眼镜腿上激光打logo", ["laser marking"]),
        ("bronze bushes, grease grooves milled", ["bronze", "bushing", "milling"]),
        ("carton printers, two-colour flexo", ["printing"]),
        ("热压罐长2米以上的，借两炉", ["autoclave curing", "≥2000 mm"]),
        ("honeycomb panels for landing gear", ["sandwich panel"]),  # and no gears
        ("球阀来回开关一万次会不会漏", ["ball valve"]),  # and no electric switch
        ("找电器开关", ["electric switch"]),
        ("12S lipo battery", ["12 S", "battery"]),
        ("6S-14S packs ready to ship", ["6-14 S"]),
        ("our lab grows diamond-like films", ["pvd coating"]),
        ("借几台200针细针机赶一批船袜", ["200 needles", "knitting machine", "sock"]),
        ("graphite seal rings for butterfly valves", ["graphite", "seal"]),
        ("车灯模具高光面要抛到镜面", ["polishing"]),  # and no mould
        ("阀体密封面要堆焊", ["hardfacing"]),
        ("谁家有空罐，热压罐排不上", ["空罐", "autoclave curing"]),
        ("代锻阀杆，17-4PH", ["forging", "valve stem", "17-4PH"]),
        ("prepreg release paper supplier", ["release paper"]),
        ("印袜卡的厂", ["sock card"]),
        # What is to be replaced is not asked for, nor its material where the thing remains.
        ("糖尿病袜想换成混纺纱", ["yarn"]),
        ("电磁阀想换成气动球阀", ["ball valve"]),
        ("铝外壳想换成不锈钢的", ["housing", "stainless steel"]),
        ("把原来的黄铜阀芯换成陶瓷阀芯", ["ceramic", "valve disc"]),
        ("replace brass fittings with PVDF ones", ["pipe fitting", "pvdf"]),
        ("stainless clamps instead of aluminium ones", ["stainless steel", "clamp"]),
        ("ball valves in place of gate valves", ["ball valve"]),
        ("找替代进口轴承的", ["bearing"]),
        ("something to replace our gaskets", ["gasket"]),
        ("Anyone who can laser-clad valve balls", ["cladding"]),
        ("激光闪射，三片样", ["thermal conductivity testing"]),
        ("模架标准件现货", ["mould base"]),
        # What is in a thing of the asker's is wanted, and not the thing.
        ("PTFE seats in our ball valves", ["ptfe", "valve seat"]),
        ("distributors interested in our ball valves", ["trader", "ball valve"]),
        ("找人代飞，拍两百公里高压线", ["flight service"]),  # and nobody within 200 km
        ("巡检300公里输油管线", []),
        ("植保机30升，教飞手", ["drone", "30 L"]),
        ("图传模块，20公里", ["data link"]),
        ("50公里以内的管道厂", ["≤50 km", "pipe"]),
        ("socks for hotel chains", ["sock"]),
        ("袜子起球太厉害，找家能做抗起球整理的", ["dyeing"]),
        ("采购球阀，找能做喷涂的", ["ball valve", "painting"]),
        ("外壳两万套，找注塑厂", ["housing", "20000 set", "injection moulding"]),
        ("阀体500件，找精密铸造的", ["valve body", "500 piece", "investment casting"]),
        ("球阀，找人做设计", ["design"]),
        ("毛巾底运动袜，双针筒", ["sock", "knitting machine"]),
        ("袜机针筒磨损了", ["needle cylinder"]),
        ("镜腿胶套，硅胶的", ["temple tip", "silicone"]),
        ("老花镜三万副", ["reading glasses", "30000 pair"]),
        ("spare parts for a lathe", []),
        ("want socks, wool/acrylic blend", ["sock", "wool", "acrylic fibre"]),
        ("acrylic sheets", ["pmma", "sheet"]),
        ("Our ball valves DN50 are fire tested", ["ball valve", "DN50"]),
        ("我们有两台五轴机床，晚上闲着", ["machine tool"]),
        ("航拍无人机", ["drone"]),
        ("手上有三架植保机，电池换电芯", ["battery cell"]),
        ("sock cards for 20k pairs of socks", ["sock card"]),
        ("阀门铸钢件", ["casting"]),
        ("无人机飞控板三防漆喷涂", ["conformal coating"]),
        ("TPE overmoulding", ["tpe", "two-shot moulding"]),
        ("碳纤维板铣成无人机中心板", ["milling", "无人机中心板"]),
        ("air freight of drone batteries", ["logistics"]),
        ("we'd like our ball valve DN50 tested for leaks", ["DN50", "leak testing"]),
        ("要做UKCA认证的咨询公司，产品是太阳镜", ["UKCA", "certification"]),
        ("copper bushings centrifugal cast", ["copper", "bushing", "centrifugal casting"]),
        ("模具钢现货，超声逐块", ["tool steel"]),
        ("socks, FOB Ningbo please", ["sock"]),
        ("三坐标坏了，附近谁的能借三天", ["coordinate measuring machine", "本地"]),
        ("镜片耐磨测试，送欧盟客户", ["wear testing"]),
        ("水泵坏了，谁能修", ["repair"]),
        ("水泵坏了，维修", ["repair"]),
        ("水泵，可维修", ["pump"]),
        ("we want to have 100 valve bodies 3D scanned", ["3d scanning"]),
        ("阀门试压台，全自动", ["阀门试压台"]),
        ("出售注塑机三台", ["injection moulding machine"]),
        ("寻找无人机测绘服务商", ["flight service"]),
        ("lens edging machine second hand", []),
        ("眼镜展会布展公司", []),
        ("附三次元报告", []),
        ("inserts milled to size, CMM report", ["milling"]),
        ("三次元共享", ["coordinate measuring machine"]),
        ("nylon zips No. 5, dyed black", ["nylon", "zipper", "dyeing"]),
        ("metal zip fasteners, 20 cm", ["metal", "zipper", "200 mm"]),
    ],
)
def test_what_is_asked_for_is_read(text: str, asked_for: list[str]) -> None:
    items = [item for item in read(text).items if item.role is ItemRole.ITSELF]
    assert [item.value for item in items] == asked_for
