"""The page of verification: genuine, changed, foreign, cut off; files compared; the published keys."""

from __future__ import annotations

import hashlib
import io
import json

import pytest
from jwcrypto.jwk import JWKSet
from jwcrypto.jws import JWS

from portal.filings import receipts
from portal.vault import current_vault

FILE = b"the film of that day"
CONTENT = {
    "iss": "http://localhost",
    "receipt": "XZ26-AAAA-BBBB-CCCC",
    "kind": "complaint",
    "filed_at": "2026-03-02T09:30:00+08:00",
    "statement_sha256": hashlib.sha256(b"statement").hexdigest(),
    "files": [{"sha256": hashlib.sha256(FILE).hexdigest(), "size": len(FILE)}],
}


@pytest.fixture
def visitor(sqlite_app):
    return sqlite_app.test_client()


@pytest.fixture
def token(sqlite_app):
    return current_vault().signing.sign(CONTENT, receipts.TYP)


def ask(visitor, language="zh", **fields):
    return visitor.post(f"/{language}/verify/", data=fields, content_type="multipart/form-data")


def test_a_genuine_receipt_says_what_came_in_and_when(visitor, token):
    answer = ask(visitor, text=token)
    assert answer.status_code == 200
    assert 'data-verdict="genuine"' in answer.text
    assert "查验通过" in answer.text
    for said in ("XZ26-AAAA-BBBB-CCCC", "2026-03-02 09:30", "实名举报", CONTENT["statement_sha256"]):
        assert said in answer.text


@pytest.mark.parametrize(("language", "word"), [("zh", "查验通过"), ("bo", "བདེན་པ"), ("en", "Genuine")])
def test_the_answer_is_told_in_the_readers_language(visitor, token, language, word):
    assert f"<h3>{word}</h3>" in ask(visitor, language, text=token).text


def test_it_may_come_as_a_file_and_with_line_breaks(visitor, token):
    broken = "\r\n".join(token[start : start + 60] for start in range(0, len(token), 60))
    assert ask(visitor, text=f"  {broken}\n").status_code == 200
    assert ask(visitor, document=(io.BytesIO(f"{broken}\n".encode()), "receipt.jws.txt")).status_code == 200


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda token: token[:-10], "被改动过"),
        (lambda token: token[: len(token) // 2], "不完整"),
        (lambda _token: "", "不完整"),
        (lambda _token: "举报回执", "不完整"),
        (lambda token: token.split(".")[0] + ".e30." + token.split(".")[2], "被改动过"),
        (lambda token: "eyJhbGciOiJub25lIn0." + token.split(".")[1] + ".", "不是本平台签发"),
    ],
    ids=["cut", "half", "nothing", "no token", "other content", "no signature at all"],
)
def test_what_is_not_ours_is_said_plainly(visitor, token, spoil, said):
    answer = ask(visitor, text=spoil(token))
    assert answer.status_code == 422
    assert 'data-verdict="not-genuine"' in answer.text
    assert said in answer.text
    assert "XZ26-AAAA" not in answer.text


def test_a_genuine_text_of_a_kind_that_nobody_reads_here_shows_nothing_of_it(visitor, sqlite_app):
    answer = ask(visitor, text=current_vault().signing.sign({"name": "somebody"}, "other+jws"))
    assert "无法读取" in answer.text
    assert "somebody" not in answer.text


def test_files_are_compared_and_not_kept(visitor, token, sqlite_app):
    folder = sqlite_app.extensions["portal.settings"].data_dir / "files"
    before = sorted(folder.rglob("*"))
    answer = ask(visitor, text=token, file=[(io.BytesIO(FILE), "film.mp4"), (io.BytesIO(b"another"), "other.mp4")])
    assert answer.text.count('class="vouched"') == 1
    assert answer.text.count('class="unvouched"') == 1
    assert sorted(folder.rglob("*")) == before


def test_a_browser_may_send_the_digest_instead_of_the_file(visitor, token):
    answer = ask(visitor, text=token, sha256=[hashlib.sha256(FILE).hexdigest().upper(), "<script>"])
    assert answer.text.count('class="vouched"') == 1
    assert "<script>" not in answer.text.split("data-compared")[1]


def test_the_answer_is_not_cached_and_sets_no_cookie(visitor, token):
    answer = ask(visitor, text=token)
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer.headers


def test_the_published_keys_check_a_receipt_elsewhere(visitor, token):
    answer = visitor.get("/.well-known/jwks.json")
    assert answer.content_type == "application/jwk-set+json"
    assert answer.headers["Cache-Control"] == "public, max-age=3600"
    assert visitor.get("/.well-known/jwks.json", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    check = JWS()
    check.deserialize(token)
    check.verify(JWKSet.from_json(answer.text).get_key(check.jose_header["kid"]))
    assert json.loads(check.payload) == CONTENT


def test_the_page_itself_is_public_and_in_the_navigation(visitor):
    page = visitor.get("/bo/verify/")
    assert page.status_code == 200
    assert page.headers["Cache-Control"].startswith("public")
    assert 'href="/zh/verify/"' in visitor.get("/zh/").text
