"""Names in one writing, and what they say of earlier names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.register.cleaning import agency_name, is_name, name_key, split_names, tidy

DIRT = st.text(
    alphabet="西藏玉龙铜业股份有限公司原名曾用：:（）()[]【】 \u3000\t ＡＢab-—·.，,；*\u200bལྷ་ས", max_size=40
)


@given(DIRT)
def test_tidying_twice_changes_nothing_more(text: str) -> None:
    assert tidy(tidy(text)) == tidy(text)


@given(st.text(max_size=60))
def test_any_text_is_tidied_to_itself(text: str) -> None:
    assert tidy(tidy(text)) == tidy(text)


@given(DIRT)
def test_the_key_of_a_name_is_the_key_of_its_tidy_form(text: str) -> None:
    assert name_key(tidy(text)) == name_key(text)


@given(DIRT)
def test_splitting_twice_finds_nothing_more_in_a_name_without_brackets(text: str) -> None:
    once = split_names(text)
    if "（" not in once.name:
        assert split_names(once.name).name == once.name


@pytest.mark.parametrize(
    ("printed", "name"),
    [
        ("广州立白(番禺)有限公司", "广州立白（番禺）有限公司"),
        ("日立电梯 （ 成都 ） 有限公司", "日立电梯（成都）有限公司"),
        ("徐工集团工程机械股份有限 公司", "徐工集团工程机械股份有限公司"),
        ("北京 ABB 电气传动系统有限公司", "北京ABB电气传动系统有限公司"),
        ("中国赛宝实验室（工业和信息化部电子第五研究所)", "中国赛宝实验室（工业和信息化部电子第五研究所）"),
        ("ＴＣＬ集团股份有限公司*", "TCL集团股份有限公司"),
        ("ABB Power Grids (China)", "ABB Power Grids（China）"),
        ("某某有限公司）", "某某有限公司"),
    ],
)
def test_a_printed_name_gets_one_writing(printed: str, name: str) -> None:
    assert tidy(printed) == name


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("一汽—大众汽车有限公司成都分公司", "一汽-大众汽车有限公司成都分公司"),
        ("TCL 空调器（中山）有限公司", "tcl空调器(中山)有限公司"),
        ("江苏省、南京市节能技术服务中心", "江苏省南京市节能技术服务中心"),
        ("重慶天原化工有限公司", "重庆天原化工有限公司"),
    ],
)
def test_writings_of_one_name_have_one_key(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


def test_names_that_differ_by_a_word_or_a_bracket_keep_apart() -> None:
    assert name_key("安徽三宝棉纺织投资有限公司") != name_key("安徽三宝棉纺针织投资有限公司")
    assert name_key("美克（天津）有限公司") != name_key("美克天津有限公司")


@pytest.mark.parametrize(
    ("printed", "name", "former", "aliases"),
    [
        (
            "宝武鄂钢有限公司（原武汉钢铁集团鄂城钢铁有限责任公司）",
            "宝武鄂钢有限公司",
            ("武汉钢铁集团鄂城钢铁有限责任公司",),
            (),
        ),
        ("甲有限公司(曾用名：乙丙丁（西藏）有限公司)", "甲有限公司", ("乙丙丁（西藏）有限公司",), ()),
        ("广西粤桂广业控股股份有限公司（原贵糖）", "广西粤桂广业控股股份有限公司", (), ("贵糖",)),
        ("西藏新华印刷厂", "西藏新华印刷厂", (), ()),
        ("榆林经济技术开发区(榆神工业区)", "榆林经济技术开发区（榆神工业区）", (), ()),
        ("中粮（原平）食品有限公司", "中粮（原平）食品有限公司", (), ()),
    ],
)
def test_a_name_tells_its_former_names(
    printed: str, name: str, former: tuple[str, ...], aliases: tuple[str, ...]
) -> None:
    found = split_names(printed)
    assert (found.name, found.former, found.aliases) == (name, former, aliases)


def test_a_misprinted_evaluator_is_put_right_and_none_is_none() -> None:
    assert agency_name("方圆标志任认证集团有限公司") == "方圆标志认证集团有限公司"
    assert agency_name("国润投创(北京)科技有限公司") == "国润创投（北京）科技有限公司"
    assert agency_name(" 清华大学 ") == "清华大学"
    assert agency_name("—") == agency_name("无") == ""


@pytest.mark.parametrize("text", ["", "12", "——", "注：以上名单按行政区划排序。如有异议请联系我们。"])
def test_what_is_no_name_is_told_from_one(text: str) -> None:
    assert not is_name(tidy(text))


def test_a_tibetan_name_is_a_name() -> None:
    assert is_name(tidy("བོད་ལྗོངས་གཡུ་འབྲུག"))
