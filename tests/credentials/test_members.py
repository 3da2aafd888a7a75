"""Who speaks for a unit: claimed with a letter, confirmed by its authority, shared with colleagues, handed over."""

from __future__ import annotations

import io
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier

import pytest
import time_machine
from sqlalchemy import select

from portal.authorities.models import Person
from portal.authorities.rules import Role
from portal.credentials.members import queries, sealing, services, telling
from portal.credentials.members.models import MemberInvitation, UnitClaim
from portal.credentials.members.rules import (
    AlreadyDecided,
    ClaimState,
    LastOwner,
    LinkNotGood,
    MemberRole,
    NotAMember,
    OwnersOnly,
)
from portal.credentials.members.sealing import Contact
from portal.extensions import limiter
from portal.filings import erasing
from portal.foundation import audit, clock
from portal.foundation.database import db
from portal.foundation.errors import Invalid, NotFound, NotPermitted
from portal.foundation.languages import Language
from portal.foundation.outbox import OutboxMessage
from portal.register.models import Unit
from portal.rulebook.queries import number
from portal.rulebook.rules import Rule
from portal.vault import current_vault
from portal.vault.evidence import EvidenceRefused
from tests.conftest import PASSWORD

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
CLAIMANT = Contact("样本代表", "speaker@example.org", "0891-6300000", "样本职务")


@pytest.fixture
def claim(unit):
    return services.claim_unit(unit, CLAIMANT, ("授权书.pdf", io.BytesIO(PDF)), Language.ZH)


def link():
    """The token inside of the newest invitation's e-mail."""
    message = db.session.scalars(
        select(OutboxMessage).where(OutboxMessage.kind == services.INVITED).order_by(OutboxMessage.id.desc())
    ).first()
    delivery = telling._invited(message)
    return re.search(r"/join/(\S+)", delivery.body).group(1)


@pytest.fixture
def owner(claim, people, monkeypatch, password_hash):
    monkeypatch.setattr("portal.authorities.services.hash_password", lambda _password: password_hash)
    services.decide_claim(claim.id, confirmed=True, reason="", by=people.lhasa_officer)
    return services.accept(link(), PASSWORD)


def colleague(unit, owner, email="colleague@example.org", role=MemberRole.MEMBER):
    services.invite(unit, Contact("样本同事", email), role, by=owner)
    return services.accept(link(), PASSWORD)


def test_a_claim_lies_sealed_until_its_authority_looks(claim, people):
    kept = b"".join(bytes(value) for value in (claim.sealed_contact, claim.sealed_name))
    for secret in (CLAIMANT.email, CLAIMANT.name, "授权书"):
        assert secret.encode() not in kept
    assert queries.waiting_claims(people.lhasa_officer) == 1
    assert queries.waiting_claims(people.shigatse_officer) == 0
    assert queries.waiting_claims(people.editor) == 1
    assert sealing.contact_of(queries.claim(claim.id, people.lhasa_officer)) == CLAIMANT
    with pytest.raises(NotFound):
        queries.claim(claim.id, people.shigatse_officer)


def test_a_letter_is_read_by_its_authority_each_time_on_record(claim, people):
    found, name, content = services.read_letter(claim.id, by=people.lhasa_officer)
    assert (found.id, name, b"".join(content)) == (claim.id, "授权书.pdf", PDF)
    with pytest.raises(NotFound):
        services.read_letter(claim.id, by=people.shigatse_officer)
    reads = select(audit.AuditRecord).where(audit.AuditRecord.action == "credentials.claim.letter_read")
    assert [item.actor for item in db.session.scalars(reads)] == [people.lhasa_officer.actor]


def test_a_letter_the_store_has_lost_is_no_error_of_the_server(claim, people, login):
    current_vault().store.delete(claim.store_key)
    assert login(people.lhasa_officer).get(f"/desk/enterprises/{claim.id}/letter").status_code == 404


def test_a_letter_of_another_kind_is_refused_and_nothing_is_kept(unit):
    with pytest.raises(EvidenceRefused):
        services.claim_unit(unit, CLAIMANT, ("x.exe", io.BytesIO(b"MZ" + bytes(100))), Language.ZH)
    assert db.session.scalars(select(UnitClaim)).all() == []


def test_another_authority_cannot_confirm_and_a_refusal_needs_its_reason(claim, people):
    with pytest.raises(NotFound):
        services.decide_claim(claim.id, confirmed=True, reason="", by=people.shigatse_officer)
    with pytest.raises(NotPermitted):
        services.decide_claim(claim.id, confirmed=True, reason="", by=people.determiner)
    with pytest.raises(Invalid):
        services.decide_claim(claim.id, confirmed=False, reason=" ", by=people.lhasa_officer)
    done = services.decide_claim(claim.id, confirmed=False, reason="样本：缺公章。", by=people.lhasa_officer)
    assert done.state is ClaimState.REFUSED
    message = db.session.scalars(select(OutboxMessage).where(OutboxMessage.kind == services.REFUSED)).one()
    delivery = telling._refused(message)
    assert (delivery.to, "缺公章" in delivery.body) == (CLAIMANT.email, True)
    with pytest.raises(AlreadyDecided):
        services.decide_claim(claim.id, confirmed=True, reason="", by=people.lhasa_officer)


def test_confirmed_a_person_becomes_owner_by_their_link_once(owner, unit):
    assert owner.role_set == {Role.ENTERPRISE}
    assert not owner.is_staff
    assert queries.membership(owner, unit.public_id).role is MemberRole.OWNER
    with pytest.raises(LinkNotGood):
        services.accept("x" * 43, PASSWORD)
    assert audit.verify() is None


def test_a_link_works_once_and_for_a_week(unit, owner):
    services.invite(unit, Contact("样本同事", "late@example.org"), MemberRole.MEMBER, by=owner)
    token = link()
    with time_machine.travel(clock.now() + timedelta(days=8), tick=False), pytest.raises(LinkNotGood):
        services.accept(token, PASSWORD)
    services.accept(token, PASSWORD)
    with pytest.raises(LinkNotGood):
        services.accept(token, PASSWORD)


def test_the_token_lies_nowhere_in_clear(unit, owner):
    services.invite(unit, Contact("样本同事", "next@example.org"), MemberRole.MEMBER, by=owner)
    token = link()
    for message in db.session.scalars(select(OutboxMessage)):
        assert token.encode() not in (message.sealed or b"")
        assert token not in str(message.facts)
    assert token not in str([item.token_digest for item in db.session.scalars(select(MemberInvitation))])


def test_only_owners_decide_who_belongs(unit, owner):
    other = colleague(unit, owner)
    with pytest.raises(OwnersOnly):
        services.invite(unit, Contact("某人", "third@example.org"), MemberRole.MEMBER, by=other)
    with pytest.raises(OwnersOnly):
        services.remove(unit, owner.id, by=other)
    with pytest.raises(Invalid):
        services.invite(unit, Contact("样本同事", "colleague@example.org"), MemberRole.MEMBER, by=owner)


def test_nobody_of_the_staff_is_invited(unit, owner, people):
    with pytest.raises(Invalid):
        services.invite(unit, Contact("某人", people.determiner.email), MemberRole.MEMBER, by=owner)


def test_a_unit_keeps_an_owner_and_can_be_handed_over(unit, owner):
    other = colleague(unit, owner)
    with pytest.raises(LastOwner):
        services.remove(unit, owner.id, by=owner)
    services.change_role(unit, other.id, MemberRole.OWNER, by=owner)
    services.remove(unit, owner.id, by=owner)
    with pytest.raises(NotAMember):
        queries.membership(owner, unit.public_id)
    assert [item.person_id for item in queries.members(unit)] == [other.id]


PLACES = ("", "people")


def test_an_owner_who_was_removed_does_not_come_back_by_an_invitation_of_their_own(unit, owner):
    second = colleague(unit, owner, "second@example.org", MemberRole.OWNER)
    services.invite(unit, Contact("样本同事", "again@example.org"), MemberRole.OWNER, by=owner)
    token = link()
    services.remove(unit, owner.id, by=second)
    with pytest.raises(LinkNotGood):
        services.accept(token, PASSWORD)


@pytest.mark.parametrize("way", ["leave", "step down"])
def test_of_two_owners_who_go_at_the_same_moment_one_stays(app, unit, owner, way):
    second = colleague(unit, owner, "second@example.org", MemberRole.OWNER)
    persons, unit_id = [owner.id, second.id], unit.id
    db.session.remove()
    start = Barrier(2)

    def go(person_id: int) -> bool:
        with app.app_context():
            person, there = db.session.get_one(Person, person_id), db.session.get_one(Unit, unit_id)
            queries.members(there)
            start.wait(20)
            try:
                if way == "leave":
                    services.remove(there, person_id, by=person)
                else:
                    services.change_role(there, person_id, MemberRole.MEMBER, by=person)
            except LastOwner:
                return False
            finally:
                db.session.remove()
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(go, persons)) == [False, True]
    left = queries.members(db.session.get_one(Unit, unit_id))
    assert [item.role for item in left].count(MemberRole.OWNER) == 1


def test_a_link_that_is_used_twice_at_the_same_moment_lets_one_in(app, unit, owner):
    services.invite(unit, Contact("样本同事", "twice@example.org"), MemberRole.MEMBER, by=owner)
    token = link()
    db.session.remove()
    start = Barrier(2)

    def use(_number: int) -> bool:
        with app.app_context():
            services.invitation_of(token)
            start.wait(20)
            try:
                services.accept(token, PASSWORD)
            except LinkNotGood:
                return False
            finally:
                db.session.remove()
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(use, range(2))) == [False, True]


def test_only_people_of_the_unit_see_its_space(app, unit, owner, people, login, client):
    mine = login(owner)
    assert mine.get("/desk/").location.endswith("/my/")
    assert mine.get("/my/").location.endswith(f"/my/{unit.public_id}/")
    stranger = login(people.determiner)
    for place in PLACES:
        address = f"/my/{unit.public_id}/{place}"
        assert mine.get(address).status_code == 200
        assert "no-store" in mine.get(address).headers["Cache-Control"]
        assert stranger.get(address).status_code == 403
        assert "/desk/login" in client.get(address).location
        assert mine.get(f"/my/u999/{place}").status_code == 404


def test_at_the_desk_an_enterprise_has_no_business(owner, login, app):
    browser = login(owner)
    desk = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/desk/")
        and rule.rule != "/desk/"
        and not rule.arguments
        and "GET" in rule.methods
        # Logging in and out and one's own password are everybody's.
        and not rule.endpoint.startswith("security.")
    ]
    assert len(desk) > 10
    for address in desk:
        assert browser.get(address).status_code in {302, 403, 404, 405}, address
        if browser.get(address).status_code == 302:
            assert "/desk/login" in browser.get(address).location, address


@pytest.mark.parametrize("language", ["zh", "bo", "en"])
def test_the_way_by_pages_from_claim_to_space(app, client, unit, people, login, language, monkeypatch, password_hash):
    monkeypatch.setattr("portal.authorities.services.hash_password", lambda _password: password_hash)
    assert unit.name in client.get(f"/{language}/enterprises/claim?find={unit.name[:4]}").text
    fields = {"unit": unit.public_id, "name": "样本代表", "email": "way@example.org"}
    missing = client.post(f"/{language}/enterprises/claim", data=fields, content_type="multipart/form-data")
    assert missing.status_code == 422
    letter = (io.BytesIO(PDF), "授权书.pdf")
    sent = client.post(
        f"/{language}/enterprises/claim", data={**fields, "letter": letter}, content_type="multipart/form-data"
    )
    assert sent.status_code == 201, sent.text
    desk = login(people.lhasa_officer)
    (claim,) = db.session.scalars(select(UnitClaim)).unique()
    assert "way@example.org" in desk.get(f"/desk/enterprises/{claim.id}").text
    assert desk.get(f"/desk/enterprises/{claim.id}/letter").data == PDF
    assert desk.post(f"/desk/enterprises/{claim.id}/confirm").status_code == 302
    token = link()
    assert client.get(f"/{language}/enterprises/join/{token}").status_code == 200
    short = client.post(f"/{language}/enterprises/join/{token}", data={"password": "short", "again": "short"})
    assert short.status_code == 422
    joined = client.post(f"/{language}/enterprises/join/{token}", data={"password": PASSWORD, "again": PASSWORD})
    assert joined.status_code == 302
    assert client.get(f"/{language}/enterprises/join/{token}").status_code == 410


def keyless(thing):
    return (thing.wrapped_key, thing.sealed_contact) == (b"", b"")


def test_after_the_years_of_keeping_who_claimed_is_gone_and_the_outcome_stays(unit, owner, people, login):
    (claim,) = db.session.scalars(select(UnitClaim)).unique()
    store, key = current_vault().store, claim.store_key
    waiting = services.claim_unit(unit, CLAIMANT, ("信.pdf", io.BytesIO(PDF)), Language.ZH)
    years = number(Rule.RETENTION_YEARS, clock.local_day(claim.filed_at))
    end = erasing.kept_until(clock.local_day(claim.filed_at), clock.local_day(claim.decided_at))
    assert end.year == clock.today().year + years
    with clock.at(datetime(end.year, end.month, end.day, 12, tzinfo=clock.ZONE) - timedelta(days=1)):
        assert services.erase_expired() == 0
    assert store.exists(key)
    with clock.at(datetime(end.year, end.month, end.day, 12, tzinfo=clock.ZONE)):
        # The claim and the invitation that came of it.
        assert services.erase_expired() == 2
        assert services.erase_expired() == 0
    db.session.expire_all()
    (invitation,) = db.session.scalars(select(MemberInvitation)).unique()
    assert keyless(claim)
    assert keyless(invitation)
    assert (claim.sealed_name, claim.sha256, store.exists(key)) == (b"", "", False)
    assert (claim.state, claim.decided_by_id) == (ClaimState.CONFIRMED, people.lhasa_officer.id)
    # Nobody's time runs out while a claim still waits, and whoever belongs to the unit goes on doing so.
    assert sealing.contact_of(waiting) == CLAIMANT
    assert queries.membership(owner, unit.public_id).role is MemberRole.OWNER
    desk = login(people.lhasa_officer)
    page = desk.get(f"/desk/enterprises/{claim.id}")
    assert (page.status_code, "保存期限已届满" in page.text, CLAIMANT.email in page.text) == (200, True, False)
    assert desk.get(f"/desk/enterprises/{claim.id}/letter").status_code == 404
    assert telling._refused(OutboxMessage(kind=services.REFUSED, subject=f"claim:{claim.id}")) is None


def test_an_erasing_that_was_cut_off_goes_on(claim, people, monkeypatch):
    services.decide_claim(claim.id, confirmed=False, reason="样本：缺公章。", by=people.lhasa_officer)

    def cut(*_args):
        raise KeyboardInterrupt

    with clock.at(clock.now() + timedelta(days=366 * 4)):
        with monkeypatch.context() as broken:
            broken.setattr(audit, "record", cut)
            with pytest.raises(KeyboardInterrupt):
                services.erase_expired()
        db.session.expire_all()
        assert claim.wrapped_key
        assert services.erase_expired() == 1
    db.session.expire_all()
    assert (claim.is_erased, claim.reason, claim.state) == (True, "", ClaimState.REFUSED)


def test_nobody_sends_invitations_without_end(app, unit, owner, login, monkeypatch):
    limiter.reset()
    settings = app.extensions["portal.settings"].model_copy(update={"rate_limits": True})
    monkeypatch.setitem(app.extensions, "portal.settings", settings)
    mine = login(owner)
    answers = [mine.post(f"/my/{unit.public_id}/people", data={}).status_code for _time in range(21)]
    assert answers == [422] * 20 + [429]
