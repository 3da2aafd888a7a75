"""What was announced stays as it was announced; an erratum corrects it, and both show each other."""

from __future__ import annotations

from dataclasses import replace

import pytest

from portal.content import services
from portal.content.rules import DocumentState, DocumentType
from portal.content.services import NeverEdited
from portal.foundation.errors import NotFound
from portal.foundation.languages import Localized

from .conftest import BO_TITLE, ZH_TITLE


def erratum_of(document, people):
    """A published erratum."""
    erratum = services.draft_erratum(document, by=people.editor)
    body = Localized(zh="<p>第一行应为乙</p>")
    services.revise(erratum, replace(erratum.content, body=body), by=people.editor)
    services.submit(erratum, by=people.editor)
    return services.publish(erratum, by=people.reviewer)


def test_both_pages_show_the_other(make, people, client):
    announced = make(type=DocumentType.ANNOUNCEMENT, slug="list-2024")
    erratum = erratum_of(announced, people)
    assert erratum.title == Localized(
        zh=f"勘误：{ZH_TITLE}", bo=f"ནོར་བཅོས། {BO_TITLE}", en="Erratum: Notice on green factories"
    )
    corrected = client.get("/en/announcements/list-2024").text
    assert "Corrected by" in corrected
    assert f"/en/announcements/{erratum.slug}" in corrected
    page = client.get(f"/en/announcements/{erratum.slug}").text
    assert "This document corrects" in page
    assert "/en/announcements/list-2024" in page


def test_a_draft_erratum_shows_nowhere(make, people, client):
    announced = make(type=DocumentType.ANNOUNCEMENT, slug="list-2024")
    services.draft_erratum(announced, by=people.editor)
    assert "Corrected by" not in client.get("/en/announcements/list-2024").text


def test_the_desk_begins_it(make, people, login):
    announced = make(type=DocumentType.ANNOUNCEMENT, slug="list-2024")
    browser = login(people.editor)
    assert f"/desk/content/{announced.id}/erratum" in browser.get(f"/desk/content/{announced.id}").text
    answer = browser.post(f"/desk/content/{announced.id}/erratum")
    assert answer.status_code == 302
    page = browser.get(answer.location)
    assert f'href="/desk/content/{announced.id}"' in page.text


def test_only_what_is_public_has_an_erratum(make, people):
    with pytest.raises(NotFound):
        services.draft_erratum(make(state=DocumentState.SUBMITTED), by=people.editor)


def test_an_announcement_is_never_edited(make, people):
    announced = make(type=DocumentType.ANNOUNCEMENT)
    services.withdraw(announced, note="更正", by=people.reviewer)
    services.restore(announced, by=people.reviewer)
    with pytest.raises(NeverEdited):
        services.revise(announced, announced.content, by=people.editor)


def test_another_document_can_be_brought_up_to_date(make, people):
    policy = make(state=DocumentState.WITHDRAWN)
    services.restore(policy, by=people.reviewer)
    assert services.revise(policy, policy.content, by=people.editor)
