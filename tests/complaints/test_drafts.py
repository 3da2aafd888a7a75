"""Drafts: kept sealed, found by their code alone, sent once, forgotten in time."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from portal.complaints import services as complaints
from portal.complaints.models import Case
from portal.complaints.respondents import Respondent
from portal.complaints.services import filing as filings
from portal.filings import limits
from portal.filings.drafts import sending, services
from portal.filings.drafts.models import DraftFile, FilingDraft
from portal.filings.rules import Assurance, Channel
from portal.filings.sealing import identity_of, opened
from portal.filings.taking import AlreadyFiled, NotTaken
from portal.foundation import clock
from portal.foundation.database import db, transaction
from portal.foundation.errors import Invalid
from portal.foundation.languages import Language
from portal.vault import current_vault
from tests.complaints.conftest import NAME, PNG, STATEMENT, filing


@pytest.fixture
def draft(app) -> FilingDraft:
    return services.start(Case, Language.BO)


def with_file(draft: FilingDraft) -> DraftFile:
    return services.add_file(draft, "电表照片.png", io.BytesIO(PNG))


def sent(draft, units):
    return complaints.send_draft(draft, filing(Respondent(units.lhasa.name, units.lhasa), files=()))


def test_what_was_typed_comes_back_step_by_step(draft):
    services.save_step(draft, "what", {"respondent": "u1"})
    services.save_step(draft, "who", {"statement": STATEMENT})
    assert services.fields_of(draft) == {"respondent": "u1", "statement": STATEMENT}
    assert draft.step == "who"


def test_nothing_typed_stands_in_the_table(draft):
    services.save_step(draft, "who", {"name": NAME, "statement": STATEMENT})
    with_file(draft)
    kept = b"".join(
        bytes(value) if isinstance(value, bytes) else str(value).encode()
        for table in ("filing_draft", "filing_draft_file")
        for row in db.session.execute(select(db.metadata.tables[table]))
        for value in row
    )
    for secret in (NAME, STATEMENT, "电表照片", services.resume_code(draft), services.token_of(draft)):
        assert secret.encode() not in kept


def test_a_code_finds_the_draft_however_it_is_typed(draft):
    code = services.resume_code(draft)
    assert services.resume(code).id == draft.id
    assert services.resume(code.lower().replace("-", " ")).id == draft.id


@pytest.mark.parametrize("wrong", ["", "ABCD", "2222-2222-2222-2222", "x" * 500])
def test_a_wrong_code_finds_nothing(draft, wrong):
    with pytest.raises(services.DraftGone):
        services.resume(wrong)


def test_two_drafts_have_nothing_in_common(app):
    one, two = services.start(Case, Language.ZH), services.start(Case, Language.ZH)
    assert services.resume_code(one) != services.resume_code(two)
    assert len({one.receipt, two.receipt, one.handle, two.handle}) == 4


def test_sending_keeps_number_box_and_files(draft, units):
    services.save_step(draft, "look", {"statement": STATEMENT})
    file = with_file(draft)
    receipt, wrapped, key = draft.receipt, draft.wrapped_key, file.store_key
    case = sent(draft, units).filing
    assert (case.receipt, case.wrapped_key) == (receipt, wrapped)
    assert [item.store_key for item in case.evidence] == [key]
    assert opened(case, for_filer=True).files[0].name == "电表照片.png"
    assert b"".join(current_vault().read_back(current_vault().open_box(wrapped, case.box_context), key)) == PNG
    assert identity_of(case).name == NAME
    assert db.session.scalar(select(func.count()).select_from(FilingDraft)) == 0
    assert db.session.scalar(select(func.count()).select_from(DraftFile)) == 0


def test_the_secret_of_a_sent_draft_opens_the_case(draft, units):
    with_file(draft)
    taken = sent(draft, units)
    assert complaints.follow(taken.filing.receipt, taken.secret).id == taken.filing.id


def test_sending_twice_gives_the_same_receipt_and_one_case(draft, units):
    with_file(draft)
    token = complaints.signed_token(services.token_of(draft))
    first = sent(draft, units)
    again = complaints.sent_again(token)
    assert again is not None
    assert (again.filing.id, again.secret) == (first.filing.id, first.secret)
    assert db.session.scalar(select(func.count()).select_from(Case)) == 1


def test_much_later_the_secret_is_not_shown_again(draft, units):
    with_file(draft)
    token = complaints.signed_token(services.token_of(draft))
    sent(draft, units)
    with clock.at(clock.now() + sending.AGAIN + timedelta(minutes=1)), pytest.raises(AlreadyFiled):
        complaints.sent_again(token)


def test_a_strangers_token_tells_nothing(app):
    assert complaints.sent_again(complaints.new_token()) is None
    assert complaints.sent_again("made up") is None


def test_without_a_file_nothing_is_sent(draft, units):
    with pytest.raises(Invalid):
        sent(draft, units)
    assert services.by_handle(draft.handle).id == draft.id


def test_a_refusal_inside_leaves_the_draft_as_it_was(draft, units):
    file = with_file(draft)

    def refuse(_case):
        raise Invalid

    about = filing(Respondent(units.lhasa.name, units.lhasa), files=())
    with pytest.raises(Invalid):
        sending.send(
            filings.INTAKE,
            draft,
            about.content,
            make=lambda receipt: filings._case(about, receipt, units.lhasa.authority_id),
            enter=refuse,
        )
    db.session.expire_all()
    kept = services.by_handle(draft.handle)
    assert [item.id for item in kept.files] == [file.id]
    assert current_vault().store.exists(file.store_key)


def test_a_refused_file_leaves_those_before(draft):
    with_file(draft)
    with pytest.raises(NotTaken):
        services.add_file(draft, "leer.png", io.BytesIO(b""))
    assert len(services.by_handle(draft.handle).files) == 1


def test_one_file_too_many_is_said(draft, monkeypatch):
    monkeypatch.setattr(limits, "most_files", lambda: 1)
    with_file(draft)
    with pytest.raises(NotTaken):
        with_file(draft)
    assert len(list(current_vault().store.keys("evidence"))) >= 1


def test_files_that_are_too_much_together_are_said(draft, monkeypatch):
    monkeypatch.setattr(limits, "most_total_megabytes", lambda: 0)
    with pytest.raises(NotTaken):
        with_file(draft)
    assert services.by_handle(draft.handle).files == []


def test_a_dropped_file_leaves_the_store(draft):
    file = with_file(draft)
    services.drop_file(draft, file.id)
    assert not current_vault().store.exists(file.store_key)
    assert services.by_handle(draft.handle).files == []
    services.drop_file(draft, file.id)


def test_a_discarded_draft_is_gone_with_key_and_files(draft):
    file, handle, code = with_file(draft), draft.handle, services.resume_code(draft)
    services.discard(draft)
    for find in (lambda: services.by_handle(handle), lambda: services.resume(code)):
        with pytest.raises(services.DraftGone):
            find()
    assert not current_vault().store.exists(file.store_key)


def test_a_draft_lives_as_long_as_it_is_written_on(draft):
    started = clock.now()
    with clock.at(started + timedelta(days=13)):
        services.save_step(draft, "what", {})
    with clock.at(started + timedelta(days=20)):
        assert services.shred_expired() == 0
        services.by_handle(draft.handle)
    with clock.at(started + timedelta(days=28)):
        with pytest.raises(services.DraftGone):
            services.by_handle(draft.handle)
        assert services.shred_expired() == 1
        assert services.shred_expired() == 0


def test_what_was_proven_holds_only_for_the_same_words(draft):
    identity = filing(Respondent("x")).content.identity
    assert services.assurance_of(draft, identity) is Assurance.DECLARED
    kept = services.prove(draft, Assurance.DECLARED, {"phone": identity.phone})
    assert kept.sealed_proof is not None
    assert identity.phone.encode() not in kept.sealed_proof
    assert services.assurance_of(kept, identity) is kept.assurance


def test_a_letter_is_marked_with_who_entered_it(app, units, people):
    draft = services.start(Case, Language.ZH, channel=Channel.LETTER, by=people.lhasa_officer)
    with_file(draft)
    case = sent(draft, units).filing
    assert case.channel is Channel.LETTER
    assert case.events[0].person_id == people.lhasa_officer.id


def test_a_reply_lies_in_the_box_of_its_case(app, draft, units):
    with_file(draft)
    case = sent(draft, units).filing
    reply = services.start_reply(case, Language.ZH)
    file = with_file(reply)
    with transaction():
        case.evidence.extend(sending.moved(filings.INTAKE.evidence, item) for item in services.take_out(reply))
    assert opened(case, for_filer=True).files[-1].name == "电表照片.png"
    assert current_vault().store.exists(file.store_key)
