"""A thousand units asked about at once: each code named, the whole dated and signed."""

from __future__ import annotations

import csv
import io
import json
from datetime import date

import pytest
from jwcrypto import jwk, jws
from openpyxl import Workbook, load_workbook

from portal.authorities.services import SYSTEM
from portal.credentials import batch
from portal.credentials.batch import Found
from portal.foundation.database import transaction
from portal.register import ledger
from portal.register.rules import EventKind
from portal.vault import current_vault
from tests.samples import SAMPLE_UNIT, valid_code

FOREIGN = "91540000MA6T12345X"


def ask(client, language="zh", **form):
    return client.post(f"/{language}/verify/batch/", data=form, content_type="multipart/form-data")


def foreign():
    from stdnum.cn import uscc

    return FOREIGN[:17] + str(uscc.calc_check_digit(FOREIGN[:17]))


def test_every_code_gets_its_answer(code):
    found = batch.check([valid_code(), foreign(), "12345", valid_code().lower()])
    assert [line.found for line in found.lines] == [Found.LISTED, Found.UNKNOWN, Found.NOT_A_CODE, Found.LISTED]
    assert found.lines[0].unit.name == SAMPLE_UNIT
    assert found.lines[0].codes == [code.code]


def test_what_was_removed_is_said_to_be_removed(code):
    with transaction():
        ledger.record(
            EventKind.REMOVED,
            entry=code.entry,
            effective_on=date(2026, 3, 2),
            by_actor=SYSTEM,
            data={"ground": "violation"},
        )
    (line,) = batch.check([valid_code()]).lines
    assert line.found is Found.NOT_LISTED_NOW
    assert line.entries[0].removed_on == date(2026, 3, 2)


def test_a_thousand_are_answered_in_a_fixed_number_of_questions(code, count_queries):
    asked = [valid_code()] + [f"91540000MA6T{number:05d}X" for number in range(batch.MOST - 1)]
    with count_queries() as counted:
        found = batch.check(asked)
    assert len(found.lines) == batch.MOST
    assert counted.number <= 6, counted.statements


def test_one_more_is_refused_in_words(client, code):
    answer = ask(client, codes="\n".join(["1"] * (batch.MOST + 1)))
    assert answer.status_code == 413
    assert "1000" in answer.text.replace(",", "")
    assert ask(client, codes=" \n ").status_code == 422


@pytest.mark.parametrize("language", ["zh", "bo", "en"])
def test_the_page_answers_and_keeps_what_was_asked(client, code, language):
    answer = ask(client, language, codes=f"{valid_code()}，{foreign()}")
    assert answer.status_code == 200
    assert SAMPLE_UNIT in answer.text
    assert foreign() in answer.text
    assert "no-store" in answer.headers["Cache-Control"]
    assert "Set-Cookie" not in answer.headers


def test_a_spreadsheet_is_read_wherever_its_codes_stand(client, code):
    book = Workbook()
    for row in (
        ["供应商名单"],
        ["序号", "名称", "代码"],
        [1, SAMPLE_UNIT, valid_code()],
        [2, "某公司", "不详"],
        [3, "", foreign()],
    ):
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    assert batch.asked_in_file(file.getvalue()) == [valid_code(), "不详", foreign()]
    file.seek(0)
    answer = ask(client, file=(file, "名单.xlsx"))
    assert answer.status_code == 200
    assert SAMPLE_UNIT in answer.text
    text = f"名称,代码\n{SAMPLE_UNIT},{valid_code()}\n".encode("gb18030")
    assert batch.asked_in_file(text) == [valid_code()]


def test_a_broken_file_is_refused_in_words(client, code):
    answer = ask(client, file=(io.BytesIO(b"PK\x03\x04rubbish"), "x.xlsx"))
    assert answer.status_code in {400, 422}
    assert 'role="alert"' in answer.text


def test_the_files_say_what_the_page_says(client, code):
    asked = f"{valid_code()}\n{foreign()}\n=1+1"
    rows = list(csv.reader(io.StringIO(ask(client, codes=asked, format="csv").data.decode("utf-8-sig"))))
    assert [row[0] for row in rows[1:]] == [valid_code(), foreign(), "'=1+1"]
    assert rows[1][2] == SAMPLE_UNIT
    sheet = load_workbook(io.BytesIO(ask(client, codes=asked, format="xlsx").data)).active
    assert [cell.value for cell in sheet["A"]][1:] == [valid_code(), foreign(), "=1+1"]
    told = json.loads(ask(client, codes=asked, format="json").data)
    assert [item["found"] for item in told["items"]] == ["listed", "unknown", "not_a_code"]


def test_the_signed_answer_is_dated_and_checked_by_others_and_by_us(client, code):
    text = ask(client, codes=valid_code(), format="jws").text
    published = jwk.JWKSet.from_json(client.get("/.well-known/jwks.json").text)
    signed = jws.JWS()
    signed.deserialize(text)
    header = json.loads(signed.objects["protected"])
    assert header["typ"] == batch.TYP
    signed.verify(published.get_key(header["kid"]), alg="EdDSA")
    said = json.loads(signed.payload)
    assert said["items"][0]["name"] == SAMPLE_UNIT
    assert said["as_of"]
    page = client.post("/zh/verify/", data={"text": text})
    assert page.status_code == 200
    assert said["as_of"][:10] in page.text


def test_a_receipt_cannot_be_passed_off_as_an_answer(app):
    from portal.vault.signing import NotGenuine

    with pytest.raises(NotGenuine):
        current_vault().signing.verify(current_vault().signing.sign({}, "portal-receipt+jws"), batch.TYP)


def test_programs_ask_the_same_by_the_api(client, code):
    answer = client.post("/api/v1/verify", json={"codes": [valid_code(), "x"]})
    assert answer.status_code == 200
    assert [item["found"] for item in answer.json["items"]] == ["listed", "not_a_code"]
    assert current_vault().signing.verify(answer.json["signed"], batch.TYP)["total"] == 2
    assert client.post("/api/v1/verify", json={"codes": ["x"] * 1001}).status_code == 422
    assert client.post("/api/v1/verify", json={"codes": []}).status_code == 422
    assert client.post("/api/v1/verify", data="{", content_type="application/json").status_code in {400, 422}


def test_programs_ask_about_one_code(client, code):
    told = client.get(f"/api/v1/verify/{code.code.lower()}").json
    assert (told["standing"], told["code"], told["unit"]["name"]) == ("in_force", code.code, SAMPLE_UNIT)
    assert client.get(f"/api/v1/units/{valid_code()}").json["code"] == code.code
    told = client.get("/api/v1/verify/7K3M-9Q2D-8FXC-AV4P").json
    assert (told["standing"], told["unit"], told["credential"]) == ("not_ours", None, None)
