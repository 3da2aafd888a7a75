"""Marks and snippets: what answers the query, cut where a reader would cut."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.search.highlight import ELLIPSIS, highlight, snippet

LONG = "拉萨市经济和信息化局发布通知。" * 20 + "西藏玉龙铜业股份有限公司入选绿色工厂。" + "其他内容。" * 60
TIBETAN = "འགོ་ཁྲིད་ཀྱིས་ཁ་སང་ལྷ་སའི་བཟོ་གྲྭ་ཁག་ལ་རྟོག་ཞིབ་གནང་། " * 12


def marked(text: str, query: str) -> list[str]:
    return [piece.text for piece in highlight(text, query) if piece.is_match]


@pytest.mark.parametrize(
    ("text", "query", "expected"),
    [
        ("西藏玉龙铜业股份有限公司", "玉龙铜", ["玉龙铜"]),
        ("西藏玉龍銅業", "玉龙铜", ["玉龍銅"]),
        ("北京ＡＢＢ电气", "abb", ["ＡＢＢ"]),
        ("北京 ABB 低压电器", "abb低压", ["ABB 低压"]),
        ("Grabber 与 ABB", "abb", ["ABB"]),
        ("北京奔驰汽车有限公司", "北京奔弛汽车", ["北京奔", "汽车"]),
        ("ཁ་སང་ལྷ་སའི་བཟོ་གྲྭ", "ལྷ་ས", ["ལྷ་སའི"]),
        ("ཁ་སང་ལྷ་ས། བཟོ་གྲྭ", "ལྷ༌ས", ["ལྷ་ས"]),
        ("གཞིས་ཀ་རྩེ་གྲོང་ཁྱེར", "གཞིས་རྩེ", ["གཞིས་ཀ་རྩེ"]),
        ("ཚོཊ་པ", "ཚོགས", ["ཚོཊ"]),
        ("代码 91540000MA6T1234X5 已登记", "34x5", ["34X5"]),
        ("绿色工厂名单", "水泥", []),
        ("ལྷག་ས", "ལྷ", []),
    ],
)
def test_what_answers_the_query_is_marked_in_the_original_writing(text: str, query: str, expected: list[str]) -> None:
    assert marked(text, query) == expected


def test_a_snippet_shows_the_answer_in_its_surroundings() -> None:
    pieces = snippet(LONG, "玉龙铜业", length=80)
    assert [piece.text for piece in pieces if piece.is_match] == ["玉龙铜业"]
    assert pieces[0].text == pieces[-1].text == ELLIPSIS
    assert sum(len(piece.text) for piece in pieces) <= 82


def test_a_text_without_an_answer_is_shown_from_its_beginning() -> None:
    pieces = snippet(LONG, "不存在的词", length=30)
    assert pieces[0].text.startswith("拉萨市经济")
    assert not any(piece.is_match for piece in pieces)


def test_a_short_text_is_shown_whole() -> None:
    assert "".join(piece.text for piece in snippet("绿色工厂", "工厂")) == "绿色工厂"


@given(st.integers(min_value=5, max_value=200), st.sampled_from(["བཟོ་གྲྭ", "ལྷ་ས", "མེད་པ"]))
def test_tibetan_is_never_cut_inside_a_syllable(length: int, query: str) -> None:
    shown = "".join(piece.text for piece in snippet(TIBETAN, query, length)).strip(ELLIPSIS)
    whole = " ".join(TIBETAN.split())
    place = whole.index(shown)
    assert place == 0 or whole[place - 1] in "་ །"
    end = place + len(shown)
    assert end == len(whole) or whole[end - 1] in "་ །"


@given(st.text(max_size=60), st.text(max_size=8))
def test_the_pieces_join_to_the_text(text: str, query: str) -> None:
    assert "".join(piece.text for piece in highlight(text, query)) == text
    assert all(piece.text for piece in highlight(text, query))
