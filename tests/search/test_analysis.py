"""How texts are read: one canonical form, and tokens that find parts of words in both scripts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.search.analysis import Skeleton, fold, fold_with_spans, pinyin_tokens, skeleton, text_tokens, title_tokens
from portal.search.analysis.pinyin import spelled_tokens, split_pinyin
from portal.search.analysis.tibetan import stem

#: Everything that needs care, next to anything at all.
DELICATE = "ཀཁགངཊཌཏསགིའཱིོེཾྀ་༌།༠༢༩ཪྺ龍銅裏ａＡİß\u200b\u00ad\u0345\u0301（）〔ｶﾞ각"
#: Syllables that keep their form whatever stands beside them.
PLAIN = ["ལྷ", "ས", "བོད", "སྐད", "ཡིག", "བཟོ", "གྲྭ", "ལྗང", "མདོག", "མིང", "ཐོ", "ཁེ", "ལས", "ཅུས", "ནག", "ཆུ", "མངའ", "རིས"]
texts = st.text(st.one_of(st.characters(), st.sampled_from(DELICATE)), max_size=40)
han = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=2, max_size=12)
syllables = st.lists(st.sampled_from(PLAIN), min_size=1, max_size=8)


class TestFolding:
    @pytest.mark.parametrize(
        ("written", "meant"),
        [
            ("玉龍銅業", "玉龙铜业"),
            ("ＡＢＢ", "abb"),
            ("（西藏）", "(西藏)"),
            ("ལྷ༌ས", "ལྷ་ས"),
            ("༢༠༢༤", "2024"),
            ("ཚོཊ", "ཚོགས"),
            ("ཚོཌ་པ", "ཚོགས་པ"),
            ("གཞིས་ཀ་རྩེ", "གཞིས་རྩེ"),
            ("གཞིས་ཀ་རྩེའི", "གཞིས་རྩེའི"),
            ("ༀ", "ཨོཾ"),
            ("ཪ", "ར"),
            ("ལྷ་་ས", "ལྷ་ས"),
            ("西\u200b藏", "西藏"),
            ("པཎ་ཌི་ཏ", "པན་དི་ཏ"),
            ("རཱ", "ར"),
        ],
    )
    def test_writings_that_mean_the_same_are_equal(self, written: str, meant: str) -> None:
        assert fold(written) == fold(meant)

    @pytest.mark.parametrize(("one", "other"), [("བོད", "བོ"), ("ལས", "ལ"), ("绿色", "绿化"), ("ཚོགས", "ཚོག")])
    def test_what_differs_stays_apart(self, one: str, other: str) -> None:
        assert fold(one) != fold(other)

    @given(texts)
    def test_folding_twice_changes_nothing(self, text: str) -> None:
        assert fold(fold(text)) == fold(text)

    @given(texts)
    def test_every_folded_character_knows_where_it_comes_from(self, text: str) -> None:
        folded, spans = fold_with_spans(text)
        assert folded == fold(text)
        assert len(spans) == len(folded)
        assert all(0 <= start < end <= len(text) for start, end in spans)
        assert spans == sorted(spans)

    @given(texts)
    def test_a_skeleton_is_the_same_with_and_without_its_origin(self, text: str) -> None:
        assert Skeleton.of(text).text == skeleton(text)


class TestTibetan:
    @pytest.mark.parametrize(
        ("syllable", "expected"),
        [
            ("སའི", "ས"),
            ("པའོ", "པ"),
            ("བའང", "བ"),
            ("གྲྭའི", "གྲྭ"),
            ("དགའི", "དགའ"),
            ("མཁའི", "མཁའ"),
            ("བཀའི", "བཀའ"),
            ("མགོའི", "མགོ"),
            ("པའིའོ", "པ"),
            ("འོ", "འོ"),
            ("ལས", "ལས"),
            ("གྱུར", "གྱུར"),
            ("དགའ", "དགའ"),
        ],
    )
    def test_attached_particles_come_off_and_lexical_endings_stay(self, syllable: str, expected: str) -> None:
        assert stem(syllable) == expected

    def test_only_unambiguous_particles_are_left_out(self) -> None:
        assert text_tokens("བོད་ཀྱི་སྐད") == text_tokens("བོད་སྐད")
        assert "ལས" in text_tokens("ཁེ་ལས")
        assert "ནས" in text_tokens("ལྷ་ས་ནས")

    @given(syllables, syllables, syllables)
    def test_a_phrase_is_found_in_any_sentence_around_it(
        self, before: list[str], phrase: list[str], after: list[str]
    ) -> None:
        sentence = "་".join([*before, *phrase, *after]) + "།"
        assert set(text_tokens("་".join(phrase))) <= set(text_tokens(sentence))

    @given(syllables)
    def test_a_phrase_is_found_with_a_particle_attached(self, phrase: list[str]) -> None:
        attached = "་".join(phrase) + "འི་ནང"
        if stem(phrase[-1] + "འི") == phrase[-1]:
            assert set(text_tokens("་".join(phrase))) <= set(text_tokens(attached))


class TestTokens:
    def test_a_chinese_sentence_becomes_pairs_and_words(self) -> None:
        assert text_tokens("西藏玉龙（ABB）2024年") == ["西藏", "藏玉", "玉龙", "abb", "2024", "年"]

    def test_titles_hold_single_characters_too(self) -> None:
        assert title_tokens("铜业") == ["铜业", "铜", "业"]

    def test_titles_hold_heads_and_tails_of_a_credit_code(self) -> None:
        tokens = title_tokens("91540000MA6T1234X5")
        assert {"91540000ma6t1234x5", "915400", "34x5", "ma6t1234x5"} <= set(tokens)

    @given(han, han, han)
    def test_any_part_of_a_chinese_text_is_found(self, before: str, part: str, after: str) -> None:
        assert set(text_tokens(part)) <= set(text_tokens(before + part + after))

    @given(han)
    def test_traditional_characters_find_simplified_ones(self, text: str) -> None:
        assert text_tokens(fold(text)) == text_tokens(text)

    def test_names_are_found_by_their_sound(self) -> None:
        assert pinyin_tokens("玉龙铜业") == ["yulong", "longtong", "tongye", "ylt", "lty"]
        assert {"yulong", "longtong"} <= set(spelled_tokens("yulongtong"))
        assert "ylt" in spelled_tokens("ylty")

    @pytest.mark.parametrize(
        ("letters", "read"),
        [("yulongtong", ["yu", "long", "tong"]), ("yulongt", ["yu", "long"]), ("zhuang", ["zhuang"]), ("qqq", [])],
    )
    def test_letters_are_read_as_pinyin(self, letters: str, read: list[str]) -> None:
        assert split_pinyin(letters) == read
