"""A code to show: pictures that cameras read, papers in two languages, a badge that turns by itself."""

from __future__ import annotations

from datetime import date
from xml.etree import ElementTree as ET

import cv2
import numpy as np
import pytest

from portal.authorities.services import SYSTEM
from portal.credentials import credential
from portal.foundation.database import transaction
from portal.foundation.identifiers import new_list_code
from portal.register import ledger
from portal.register.rules import EventKind
from tests.samples import SAMPLE_UNIT

PAPERS = ("poster", "certificate")


def removed(code):
    with transaction():
        ledger.record(
            EventKind.REMOVED,
            entry=code.entry,
            effective_on=date(2026, 3, 2),
            by_actor=SYSTEM,
            data={"ground": "violation"},
        )


def decoded(png):
    """What a camera's decoder reads in a picture; the older of the two loses one sharp picture in forty."""
    picture = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_GRAYSCALE)
    return cv2.QRCodeDetectorAruco().detectAndDecode(picture)[0]


def test_the_picture_for_print_leads_to_the_short_address(client, code):
    answer = client.get(f"/c/{code.code}/qr.png")
    assert (answer.status_code, answer.mimetype) == (200, "image/png")
    assert decoded(answer.data) == credential.address(code.code)


def test_the_picture_as_lines_is_well_formed_and_carries_no_script(client, code):
    answer = client.get(f"/c/{code.code}/qr.svg")
    assert answer.mimetype == "image/svg+xml"
    root = ET.fromstring(answer.data)
    assert {child.tag.rsplit("}")[-1] for child in root.iter()} <= {"svg", "path", "rect", "g"}


def test_nobody_gets_a_picture_of_a_code_that_is_not_ours(client, code):
    for picture in ("qr.svg", "qr.png"):
        assert client.get(f"/c/{new_list_code()}/{picture}").status_code == 404


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("language", ["zh", "bo", "en"])
def test_papers_speak_both_languages_whatever_the_page_is_read_in(client, code, paper, language):
    text = client.get(f"/{language}/verify/{code.code}/{paper}").text
    for words in (SAMPLE_UNIT, "扫码", "ཨང་རྟགས", code.code, "绿色工厂", 'lang="bo-CN"'):
        assert words in text


@pytest.mark.parametrize("place", [*PAPERS, "show"])
def test_what_is_not_in_force_is_not_printed(client, code, place):
    assert client.get(f"/zh/verify/{code.code}/{place}").status_code == 200
    removed(code)
    answer = client.get(f"/zh/verify/{code.code}/{place}")
    assert (answer.status_code, answer.location) == (302, f"/zh/verify/{code.code}")
    assert client.get(f"/zh/verify/{new_list_code()}/{place}").status_code == 302


def test_the_badge_turns_with_the_register_and_follows_nobody(client, code):
    address = f"/c/{code.code}/badge.svg"
    badge = client.get(address)
    assert "现行有效" in badge.text
    assert "<script" not in badge.text
    assert "http" not in badge.text.replace("http://www.w3.org/2000/svg", "")
    assert "Set-Cookie" not in badge.headers
    assert badge.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    ET.fromstring(badge.data)
    removed(code)
    assert "已失效" in client.get(address).text
    foreign = client.get(f"/c/{new_list_code()}/badge.svg")
    assert foreign.status_code == 404
    assert "不是" in foreign.text


def test_the_three_badges_differ_without_their_colour(client, code):
    shapes = set()
    for address in (f"/c/{code.code}/badge.svg", None, f"/c/{new_list_code()}/badge.svg"):
        if address is None:
            removed(code)
        root = ET.fromstring(client.get(address or f"/c/{code.code}/badge.svg").data)
        shapes.add(tuple(child.get("d") or child.tag for child in root[1]))
    assert len(shapes) == 3


def test_the_snippet_is_a_picture_with_a_link_and_nothing_else(client, code):
    text = client.get(f"/zh/verify/{code.code}/show").text
    assert f"&lt;a href=&#34;{credential.address(code.code)}&#34;&gt;&lt;img" in text
    assert "&lt;script" not in text
