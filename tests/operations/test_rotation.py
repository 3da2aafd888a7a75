"""The sealing key is changed while the portal serves: nothing is lost, nothing waits, and the old key can go."""

from __future__ import annotations

import io
import os

import pytest
from click.testing import CliRunner

from portal.authorities import services as accounts
from portal.authorities.rules import Role
from portal.complaints import services
from portal.complaints.models import Case
from portal.complaints.respondents import Respondent
from portal.credentials.changes.services import state_own_change
from portal.credentials.green_codes import services as green_codes
from portal.credentials.green_codes.models import GreenCode
from portal.credentials.green_codes.rules import GreenLevel
from portal.credentials.members import services as members
from portal.credentials.members.models import UnitClaim
from portal.credentials.members.rules import MemberRole
from portal.credentials.members.sealing import Contact, contact_of
from portal.filings import rewrapping, sealing
from portal.filings.drafts import services as drafts
from portal.foundation import clock
from portal.foundation.database import db
from portal.foundation.languages import Language
from portal.operations.commands import keys as commands
from portal.register import queries as register
from portal.register.changes import evidence
from portal.register.changes.models import ChangeStatement
from portal.register.changes.rules import Change, ChangeKind
from portal.vault import current_vault, keys
from tests.complaints.conftest import PNG, STATEMENT, filing
from tests.conftest import PASSWORD, make_app
from tests.samples import SAMPLE_UNIT, list_unit, valid_code

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"

AN_HOUR_AGO = 3700


@pytest.fixture
def own_app(tmp_path, monkeypatch):
    """An application with a keyset of its own, and one case."""
    path = tmp_path / "keys" / "keyset.json"
    keys.init_keyset(path)
    for name, value in {"KEYSET": path, "DATA_DIR": tmp_path, "ENV": "test"}.items():
        monkeypatch.setenv(f"PORTAL_{name}", str(value))
    app = make_app(tmp_path, keyset=path)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def keyset(own_app, tmp_path):
    return tmp_path / "keys" / "keyset.json"


def file_one() -> int:
    form = filing(Respondent("名单里没有的样本单位"), files=[("电表.png", io.BytesIO(PNG))])
    return services.file_complaint(form, services.new_token()).filing.id


def statement(case_id: int) -> str:
    return sealing.opened(db.session.get(Case, case_id, populate_existing=True), for_filer=True).statement


def wrapped(case_id: int) -> bytes:
    return db.session.get(Case, case_id, populate_existing=True).wrapped_key


def run(*words: object):
    return CliRunner().invoke(commands, [str(word) for word in words])


def test_a_running_portal_seals_with_the_new_key_at_once(own_app, keyset):
    before = file_one()
    rotated = keys.rotate_keyset(keyset)
    after = file_one()
    assert wrapped(after).startswith(keys.prefix_of(rotated.key_id))
    assert not wrapped(before).startswith(keys.prefix_of(rotated.key_id))
    assert statement(before) == statement(after) == STATEMENT


def test_a_keyset_that_cannot_be_read_for_a_moment_stops_nobody(own_app, keyset):
    kept = keyset.read_text()
    keyset.write_text("half a fi")
    case = file_one()
    keyset.unlink()
    assert statement(case) == STATEMENT
    keyset.write_text(kept)
    assert statement(file_one()) == STATEMENT


def test_every_key_is_wrapped_anew_and_no_open_page_becomes_stale(own_app, keyset, monkeypatch):
    monkeypatch.setattr(rewrapping, "BATCH", 2)
    cases = [file_one() for _ in range(5)]
    draft = drafts.start(Case, Language.BO)
    versions = [db.session.get(Case, case).version for case in cases]
    rotated = keys.rotate_keyset(keyset)
    assert rewrapping.rewrap_all() == 6
    assert rewrapping.rewrap_all() == 0
    assert all(wrapped(case).startswith(keys.prefix_of(rotated.key_id)) for case in cases)
    assert [db.session.get(Case, case, populate_existing=True).version for case in cases] == versions
    assert {statement(case) for case in cases} == {STATEMENT}
    assert drafts.fields_of(drafts.by_handle(draft.handle)) == {}


def test_what_enterprises_sent_is_wrapped_anew_too(own_app, keyset, monkeypatch, password_hash):
    monkeypatch.setattr("portal.authorities.services.hash_password", lambda _password: password_hash)
    list_unit(SAMPLE_UNIT, code=valid_code())
    unit = register.unit_by_ref(valid_code())
    owner = accounts.create_account(
        "owner@portal.test", "样本代表", unit.authority, {Role.ENTERPRISE}, PASSWORD, is_demo=True
    )
    members.admit(unit, owner, MemberRole.OWNER)
    letter = (("授权书.pdf", io.BytesIO(PDF)), ("绿码.pdf", io.BytesIO(PDF)))
    claim = members.claim_unit(unit, Contact("样本代表", "next@portal.test"), letter[0], Language.ZH).id
    code = green_codes.claim_code(unit, clock.today().year, GreenLevel.A, letter[1], by=owner).id
    change = Change(ChangeKind.SCOPE, clock.today(), "样本：新增一条生产线。")
    proof = [("备案表.pdf", io.BytesIO(PDF))]
    statement_id = state_own_change(unit, change, proof, version=None, by=owner).id
    rotated = keys.rotate_keyset(keyset)
    assert rewrapping.rewrap_all() == 3
    db.session.expire_all()
    again = (
        db.session.get(UnitClaim, claim), db.session.get(GreenCode, code), db.session.get(ChangeStatement, statement_id)
    )  # fmt: skip
    assert all(row.wrapped_key.startswith(keys.prefix_of(rotated.key_id)) for row in again)
    (file,) = again[2].evidence
    assert (evidence.name_of(file), b"".join(evidence.content_of(file))) == ("备案表.pdf", PDF)
    assert (contact_of(again[0]).email, green_codes.file_name(again[1])) == ("next@portal.test", "绿码.pdf")


def test_it_goes_on_where_it_was_cut_off(own_app, keyset, monkeypatch):
    monkeypatch.setattr(rewrapping, "BATCH", 2)
    cases = [file_one() for _ in range(5)]
    keys.rotate_keyset(keyset)
    real, calls = rewrapping.boxes.rewrap, []

    def cut(*args):
        calls.append(1)
        if len(calls) == 4:
            raise KeyboardInterrupt
        return real(*args)

    with monkeypatch.context() as broken:
        broken.setattr(rewrapping.boxes, "rewrap", cut)
        with pytest.raises(KeyboardInterrupt):
            rewrapping.rewrap_all()
    assert rewrapping.rewrap_all() == 3
    assert {statement(case) for case in cases} == {STATEMENT}


def test_an_old_key_goes_only_when_nothing_needs_it(own_app, keyset):
    case = file_one()
    old = keys.list_keys(keyset)[0].key_id
    assert "new data is sealed" in made_old(keyset, lambda: run("retire", old)).output
    new = keys.rotate_keyset(keyset).key_id
    assert "less than an hour" in run("retire", old).output
    refused = made_old(keyset, lambda: run("retire", old))
    assert refused.exit_code == 1
    assert "1 filings need this key" in refused.output
    assert "1 keys of filings" in run("rewrap").output
    done = made_old(keyset, lambda: run("retire", old))
    assert done.exit_code == 0, done.output
    assert [key.key_id for key in keys.list_keys(keyset)] == [new]
    # What this session read before is from before.
    db.session.rollback()
    assert statement(case) == STATEMENT
    assert current_vault().master.prefix() == keys.prefix_of(new)


@pytest.mark.parametrize("number", ["nothing", "fffffffff", "-1"])
def test_a_number_that_is_none_is_refused(own_app, keyset, number):
    answer = made_old(keyset, lambda: run("retire", "--", number))
    assert answer.exit_code == 2, answer.output


def test_a_key_that_is_not_there_is_not_removed(own_app, keyset):
    assert "no key of this number" in made_old(keyset, lambda: run("retire", "00000001")).output


def made_old(keyset, act):
    """What an act answers when the last change of the keyset is long past."""
    seen = keyset.stat()
    os.utime(keyset, (seen.st_atime - AN_HOUR_AGO, seen.st_mtime - AN_HOUR_AGO))
    return act()


def test_what_is_wrapped_begins_with_the_number_of_its_key_on_both_databases(app):
    """The database itself finds what an older key wrapped."""
    assert len(keys.prefix_of("0a0b0c0d")) == keys.PREFIX_LENGTH
    case = file_one()
    assert rewrapping.number_wrapped_with(current_vault().master.prefix()) == 1
    assert rewrapping.number_wrapped_with(keys.prefix_of("00000001")) == 0
    assert rewrapping.rewrap_all() == 0
    assert statement(case) == STATEMENT
