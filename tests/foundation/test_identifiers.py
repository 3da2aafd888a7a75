"""Receipts, secrets, credit codes, identity documents and mobile numbers, as people write them."""

from __future__ import annotations

import math
import random
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric

from portal.foundation import identifiers as ids
from portal.foundation.identifiers import Flaw, IdType, InvalidIdentifier

YEARS = st.integers(2024, 2099)
SEEDS = st.integers(0, 2**64)


def receipt_of(year: int, seed: int) -> str:
    return ids.new_receipt(year, random.Random(seed))


def with_check(seventeen: str) -> str:
    return seventeen + ric.calc_check_digit(seventeen + "0")  # it reads all but the last sign


def outcome(call, *args) -> str | InvalidIdentifier:
    """What comes of it: the normalised text, or the refusal. Anything else that is raised fails the test."""
    try:
        return call(*args)
    except InvalidIdentifier as refused:
        return refused


def flaw_of(call, *args, **kwargs) -> Flaw:
    with pytest.raises(InvalidIdentifier) as caught:
        call(*args, **kwargs)
    return caught.value.code


class TestReceipts:
    def test_it_has_four_groups_and_the_year(self):
        receipt = ids.new_receipt(2026)
        assert [len(group) for group in receipt.split("-")] == [4, 4, 4, 4]
        assert receipt.startswith("XZ26-")

    def test_there_are_more_than_two_to_the_fortieth_a_year(self):
        assert len(ids.READABLE) ** 11 > 2**40

    def test_two_are_never_the_same(self):
        assert len({ids.new_receipt(2026) for _ in range(500)}) == 500

    def test_no_sign_looks_like_another(self):
        assert not set("01OILZSB") & set(ids.READABLE)

    @given(YEARS, SEEDS)
    def test_what_was_given_out_is_accepted_unchanged(self, year, seed):
        receipt = receipt_of(year, seed)
        assert ids.normalize_receipt(receipt) == receipt

    @given(YEARS, SEEDS, st.sampled_from(["lower", "spaces", "bare", "full width", "em dashes", "zero width"]))
    def test_the_way_of_writing_does_not_matter(self, year, seed, way):
        receipt = receipt_of(year, seed)
        written = {
            "lower": receipt.lower(),
            "spaces": f"  {receipt.replace('-', ' ')} ",
            "bare": receipt.replace("-", ""),
            "full width": "".join(chr(ord(c) + 0xFEE0) for c in receipt),
            "em dashes": receipt.replace("-", "—"),
            "zero width": receipt.replace("-", "\u200b"),
        }[way]
        assert ids.normalize_receipt(written) == receipt

    def test_look_alikes_are_read_as_what_was_meant(self):
        receipt = next(r for r in (receipt_of(2026, seed) for seed in range(1000)) if {"2", "5", "8"} <= set(r[5:]))
        body = receipt[5:].replace("2", "z").replace("5", "S").replace("8", "B")
        assert ids.normalize_receipt(f"xz26{body}") == receipt

    @given(YEARS, SEEDS, st.integers(0, 11), st.sampled_from(ids.READABLE))
    def test_one_wrong_sign_is_always_noticed(self, year, seed, place, sign):
        signs = list(receipt_of(year, seed).replace("-", ""))
        right, signs[4 + place] = signs[4 + place], sign
        if sign != right:
            assert flaw_of(ids.normalize_receipt, "".join(signs)) is Flaw.CHECK

    @given(YEARS, SEEDS, YEARS)
    def test_a_wrong_year_is_noticed(self, year, seed, other):
        wrong = f"XZ{other % 100:02d}" + receipt_of(year, seed)[4:]
        if other != year and sum(a != b for a, b in zip(str(year), str(other), strict=True)) == 1:
            assert flaw_of(ids.normalize_receipt, wrong) is Flaw.CHECK

    @pytest.mark.parametrize(
        ("text", "flaw"),
        [
            ("", Flaw.EMPTY),
            (" - ", Flaw.EMPTY),
            ("XZ26-7K3M", Flaw.LENGTH),
            ("QQ26-7K3M-9Q2D-8FXC", Flaw.CHARACTERS),
            ("XZ26-7K3M-9Q2D-8F!C", Flaw.CHARACTERS),
        ],
    )
    def test_what_cannot_be_a_receipt_says_why(self, text, flaw):
        assert flaw_of(ids.normalize_receipt, text) is flaw

    @given(st.text(max_size=40))
    def test_no_text_makes_it_stumble(self, text):
        found = outcome(ids.normalize_receipt, text)
        assert found.startswith("XZ") if isinstance(found, str) else str(found) == found.code.value


class TestSecrets:
    KEY = b"k" * 32

    @given(st.text(min_size=1))
    def test_the_same_form_gives_the_same_secret_again(self, token):
        assert ids.secret_from(self.KEY, token) == ids.secret_from(self.KEY, token)

    @given(st.text(), st.text())
    def test_other_forms_and_other_keys_give_other_secrets(self, one, other):
        if one != other:
            assert ids.secret_from(self.KEY, one) != ids.secret_from(self.KEY, other)
        assert ids.secret_from(self.KEY, one) != ids.secret_from(b"j" * 32, one)

    def test_it_is_far_beyond_guessing(self):
        secret = ids.secret_from(self.KEY, "t").replace("-", "")
        assert (len(secret) - 1) * math.log2(len(ids.READABLE)) > 100

    @given(st.text(), st.sampled_from([str.lower, lambda s: s.replace("-", ""), lambda s: s.replace("-", " ") + " "]))
    def test_it_is_known_again_however_it_is_written(self, token, way):
        secret = ids.secret_from(self.KEY, token)
        assert ids.normalize_secret(way(secret)) == secret
        assert ids.is_secret(way(secret), ids.secret_digest(secret))

    @given(st.text(), st.text())
    def test_another_secret_is_refused(self, one, other):
        if one != other:
            assert not ids.is_secret(
                ids.secret_from(self.KEY, other), ids.secret_digest(ids.secret_from(self.KEY, one))
            )

    @pytest.mark.parametrize("text", ["", "abc", "è" * 24, "0" * 24])
    def test_what_is_no_secret_belongs_to_no_digest(self, text):
        assert not ids.is_secret(text, ids.secret_digest(ids.secret_from(self.KEY, "t")))

    @given(st.text(), st.integers(0, 22), st.sampled_from(ids.READABLE))
    def test_a_typing_error_is_told_from_a_wrong_guess(self, token, place, sign):
        signs = list(ids.secret_from(self.KEY, token).replace("-", ""))
        if signs[place] != sign:
            signs[place] = sign
            assert flaw_of(ids.normalize_secret, "".join(signs)) is Flaw.CHECK

    def test_the_digest_does_not_contain_the_secret(self):
        secret = ids.secret_from(self.KEY, "t")
        assert secret.replace("-", "").lower() not in ids.secret_digest(secret)


class TestResumeCodes:
    KEY = b"k" * 32

    @given(
        st.text(),
        st.sampled_from([str.lower, str.upper, lambda code: code.replace("-", " "), lambda code: f" {code} "]),
    )
    def test_it_is_known_however_it_is_typed(self, token, way):
        code = ids.resume_code_from(self.KEY, token)
        assert ids.normalize_resume_code(way(code)) == code

    def test_it_cannot_be_tried_through(self):
        code = ids.resume_code_from(self.KEY, "t").replace("-", "")
        assert (len(code) - 1) * math.log2(len(ids.READABLE)) > 60

    @given(st.text())
    def test_it_says_nothing_about_the_secret_of_the_same_token(self, token):
        code, secret = (make(self.KEY, token) for make in (ids.resume_code_from, ids.secret_from))
        assert not secret.startswith(code[:9])

    @pytest.mark.parametrize("text", ["", "abc", "0" * 16, "2222-2222-2222-2223-2222"])
    def test_what_is_no_code_is_refused(self, text):
        assert flaw_of(ids.normalize_resume_code, text)


class TestCreditCodes:
    @pytest.mark.parametrize(
        "text", ["91110000600037341L", " 9111 0000 6000 3734 1l ", "９１１１００００６０００３７３４１Ｌ"]
    )
    def test_a_real_shape_is_normalised(self, text):
        assert ids.uscc(text) == "91110000600037341L"

    def test_a_village_cooperative_has_a_letter_first(self):
        stem = "N2540102MF1234567"
        code = stem + ids.credit_code.calc_check_digit(stem)
        assert ids.uscc(code.lower()) == code

    @pytest.mark.parametrize(
        ("text", "flaw"),
        [
            ("", Flaw.EMPTY),
            ("9111000060003734", Flaw.LENGTH),
            ("91110000600037341M", Flaw.CHECK),
            ("9111000060003734IO", Flaw.CHARACTERS),
            ("91110000600037341།", Flaw.CHARACTERS),
        ],
    )
    def test_a_wrong_one_says_why(self, text, flaw):
        assert flaw_of(ids.uscc, text) is flaw

    @given(st.integers(0, 16), st.sampled_from("0123456789ABCDEFGHJKLMNPQRTUWXY"))
    def test_one_wrong_sign_is_always_noticed(self, place, sign):
        code = list("91110000600037341L")
        if code[place] != sign:
            code[place] = sign
            assert flaw_of(ids.uscc, "".join(code)) in {Flaw.CHECK, Flaw.CHARACTERS}


EIGHTEEN_DIGITS = [IdType.RESIDENT_ID, IdType.RESIDENCE_PERMIT_HMT]
BIRTHS = st.dates(date(1900, 1, 1), date(2026, 1, 1))


class TestIdentityDocuments:
    @given(st.integers(100000, 999999), BIRTHS, st.integers(0, 999), st.sampled_from(EIGHTEEN_DIGITS))
    def test_any_division_is_accepted_even_an_abolished_one(self, division, born, order, kind):
        number = with_check(f"{division}{born:%Y%m%d}{order:03d}")
        assert ids.plausible_identity(kind, number.lower()) == number

    @pytest.mark.parametrize("division", ["810000", "820000", "830000"])
    def test_permits_of_hong_kong_macao_and_taiwan(self, division):
        number = with_check(f"{division}19900101001")
        assert ids.plausible_identity("residence_permit_hmt", number) == number

    @given(BIRTHS, st.integers(0, 17), st.integers(1, 9))
    def test_one_wrong_digit_is_always_noticed(self, born, place, shift):
        number = with_check(f"540102{born:%Y%m%d}123")
        signs = list(number)
        if signs[place] != "X":
            signs[place] = str((int(signs[place]) + shift) % 10)
            assert flaw_of(ids.plausible_identity, "resident_id", "".join(signs)) is Flaw.CHECK

    @pytest.mark.parametrize("birth", ["19900230", "19901301", "18991231", "00000000"])
    def test_an_impossible_birth_date_is_refused(self, birth):
        assert flaw_of(ids.plausible_identity, "resident_id", with_check(f"540102{birth}123")) is Flaw.DATE

    def test_nobody_is_born_tomorrow(self):
        number = with_check("54010220260102123")
        assert flaw_of(ids.plausible_identity, "resident_id", number, today=date(2026, 1, 1)) is Flaw.DATE
        assert ids.plausible_identity("resident_id", number, today=date(2026, 1, 2)) == number

    def test_full_width_and_tibetan_digits_are_read(self):
        number = with_check("54010219900101123")
        assert (
            ids.plausible_identity("resident_id", number.translate({48 + n: 0x0F20 + n for n in range(10)})) == number
        )
        assert (
            ids.plausible_identity("resident_id", number.translate({48 + n: 0xFF10 + n for n in range(10)})) == number
        )

    def test_a_permanent_residence_card_begins_with_nine(self):
        card = with_check("91105619900101001")
        assert ids.plausible_identity("permanent_residence", card) == card
        other = with_check("54010219900101123")
        assert flaw_of(ids.plausible_identity, "permanent_residence", other) is Flaw.CHARACTERS

    @pytest.mark.parametrize(
        ("kind", "text", "number"),
        [
            ("permanent_residence", "usa 110090010112", "USA110090010112"),
            ("travel_permit_hm", "h12345678", "H12345678"),
            ("travel_permit_hm", "M1234567801", "M1234567801"),
            ("travel_permit_tw", "12345678", "12345678"),
            ("passport", "e 1234 5678", "E12345678"),
            ("passport", "EA1234567", "EA1234567"),
            ("passport", "C01X00T47", "C01X00T47"),
            ("organisation", "91110000600037341l", "91110000600037341L"),
        ],
    )
    def test_other_documents_are_told_by_shape(self, kind, text, number):
        assert ids.plausible_identity(kind, text) == number

    @pytest.mark.parametrize(
        ("kind", "text"),
        [
            ("travel_permit_hm", "T12345678"),
            ("travel_permit_hm", "H1234567"),
            ("travel_permit_tw", "1234567"),
            ("passport", "ABCDE"),
            ("passport", "E1"),
            ("passport", "E12-345/678"),
            ("organisation", "91110000600037341M"),
            ("resident_id", "54010219900101"),
            ("resident_id", "5401021990010112A4"),
            ("passport", ""),
        ],
    )
    def test_a_wrong_shape_is_refused(self, kind, text):
        flaw_of(ids.plausible_identity, kind, text)

    def test_an_unknown_document_is_a_fault_of_the_caller(self):
        with pytest.raises(ValueError, match="library_card"):
            ids.plausible_identity("library_card", "1")

    @given(st.sampled_from(IdType), st.text(max_size=30))
    def test_no_text_makes_it_stumble_and_none_is_repeated(self, kind, text):
        found = outcome(ids.plausible_identity, kind, text)
        assert found.isascii() if isinstance(found, str) else str(found) == found.code.value


class TestMobileNumbers:
    @pytest.mark.parametrize(
        ("text", "number"),
        [
            ("13800138000", "+8613800138000"),
            ("138 0013 8000", "+8613800138000"),
            ("+86 138-0013-8000", "+8613800138000"),
            ("0086 13800138000", "+8613800138000"),
            ("8613800138000", "+8613800138000"),
            ("＋８６１３８００１３８０００", "+8613800138000"),
            ("+852 9123 4567", "+85291234567"),
            ("00977 984-1234567", "+9779841234567"),
        ],
    )
    def test_it_is_kept_in_the_international_form(self, text, number):
        assert ids.plausible_mobile(text) == number
        assert ids.plausible_mobile(number) == number

    @pytest.mark.parametrize(
        "text", ["", "1380013800", "12800138000", "+86 0891 6323456", "08916323456", "+0123456789", "abc", "+"]
    )
    def test_what_cannot_ring_is_refused(self, text):
        flaw_of(ids.plausible_mobile, text)

    @given(st.text(max_size=30))
    def test_no_text_makes_it_stumble(self, text):
        found = outcome(ids.plausible_mobile, text)
        assert found.startswith("+") if isinstance(found, str) else found.code in Flaw
