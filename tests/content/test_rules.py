"""What a document may become, and what it must have."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.authorities.rules import Permission
from portal.content.rules import (
    NEEDED,
    OLD_FONT,
    WORKFLOW,
    WRITING,
    DocumentAct,
    DocumentContent,
    DocumentState,
    DocumentType,
    content_faults,
    missing_languages,
    possible_acts,
    publication_faults,
    second_person,
    tidy,
)
from portal.foundation.languages import Language, Localized
from portal.foundation.workflow import IllegalTransition

TODAY = date(2024, 5, 13)
TITLE, BODY = Localized(zh="标题", bo="ཁ་བྱང"), Localized(zh="<p>正文</p>", bo="<p>ནང་དོན</p>")
texts = st.text(max_size=60)
localized = st.builds(Localized, zh=texts, bo=texts, en=texts)
contents = st.builds(
    DocumentContent,
    type=st.sampled_from(DocumentType),
    title=localized,
    summary=localized,
    body=localized,
    number=texts,
)


def test_the_way_to_the_public_leads_through_a_review():
    state = DocumentState.DRAFT
    for act, after in (
        (DocumentAct.SUBMIT, DocumentState.SUBMITTED),
        (DocumentAct.SEND_BACK, DocumentState.DRAFT),
        (DocumentAct.SUBMIT, DocumentState.SUBMITTED),
        (DocumentAct.PUBLISH, DocumentState.PUBLISHED),
        (DocumentAct.WITHDRAW, DocumentState.WITHDRAWN),
        (DocumentAct.RESTORE, DocumentState.DRAFT),
    ):
        state = WORKFLOW.target(act, state)
        assert state is after


@given(st.lists(st.sampled_from(DocumentAct), max_size=12))
def test_nothing_is_published_without_having_been_submitted_since_its_last_change(acts):
    state, since_change = DocumentState.DRAFT, []
    for act in acts:
        try:
            state = WORKFLOW.target(act, state)
        except IllegalTransition:
            continue
        since_change = [] if act in WRITING - {DocumentAct.SUBMIT} else [*since_change, act]
        if state is DocumentState.PUBLISHED:
            assert DocumentAct.SUBMIT in since_change


@pytest.mark.parametrize("state", [state for state in DocumentState if state is not DocumentState.DRAFT])
@pytest.mark.parametrize("act", [DocumentAct.REVISE, DocumentAct.ATTACH, DocumentAct.DETACH])
def test_only_a_draft_can_be_changed(state, act):
    with pytest.raises(IllegalTransition):
        WORKFLOW.target(act, state)


@given(st.sets(st.integers(1, 9)), st.integers(1, 9))
def test_nobody_publishes_what_they_wrote(writers, publisher):
    assert second_person(publisher, writers) == (publisher not in writers)


def test_the_system_imports_what_was_published_elsewhere():
    assert second_person(None, {1, 2})


@given(st.sampled_from(DocumentState), st.sets(st.sampled_from(Permission)))
def test_offered_acts_are_those_that_state_and_permission_allow(state, allowed):
    for act in possible_acts(state, allowed):
        assert NEEDED[act] in allowed
        WORKFLOW.target(act, state)


def test_publishing_needs_chinese_but_not_tibetan():
    assert publication_faults(Localized(zh="标题"), Localized(zh="<p>正文</p>"), TODAY, TODAY) == {}
    assert set(publication_faults(Localized(bo="ཁ་བྱང"), Localized(bo="<p>ནང་དོན</p>"), None, TODAY)) == {
        "title_zh",
        "body_zh",
    }


def test_a_body_of_empty_elements_is_no_body():
    assert "body_zh" in publication_faults(TITLE, Localized(zh="<p><br></p><div> </div>"), None, TODAY)


def test_a_date_of_issue_in_the_future_is_refused():
    assert publication_faults(TITLE, BODY, date(2024, 5, 14), TODAY).keys() == {"published_on"}


def test_a_language_is_missing_where_title_or_body_is():
    assert missing_languages(TITLE, BODY) == (Language.EN,)
    assert Language.BO in missing_languages(TITLE, Localized(zh="<p>正文</p>"))


@pytest.mark.parametrize("body", ["<p>\ue001\ue002</p>", "<p>&#xe001;</p>", "<p>&#57345;</p>"])
def test_letters_of_the_old_tibetan_fonts_are_refused(body):
    found = content_faults(tidy(DocumentContent(DocumentType.NEWS, Localized(bo="\uf123"), body=Localized(bo=body))))
    assert found == {"title_bo": OLD_FONT, "body_bo": OLD_FONT}


@pytest.mark.parametrize("slug", ["A b", "ä", "a--b", "-a", "a/b", "../x", "a."])
def test_an_address_is_made_of_plain_letters(slug):
    assert "slug" in content_faults(tidy(DocumentContent(DocumentType.NEWS, TITLE, slug=slug)))


def test_a_title_is_one_line_and_normalised():
    tidied = tidy(DocumentContent(DocumentType.NEWS, Localized(zh=" 关于\n绿色\u200b工厂 ", bo="བོད༌ཡིག་་དང")))
    assert tidied.title == Localized(zh="关于 绿色工厂", bo="བོད་ཡིག་དང")


def test_plain_text_becomes_paragraphs():
    assert tidy(DocumentContent(DocumentType.NEWS, TITLE, body=Localized(zh="甲 < 乙\n\n丙"))).body.zh == (
        "<p>甲 &lt; 乙</p><p>丙</p>"
    )


@given(contents)
def test_tidying_twice_changes_nothing_more(content):
    once = tidy(content)
    assert tidy(once) == once


@given(contents)
def test_no_active_element_survives_tidying(content):
    for text in tidy(content).body.as_dict().values():
        assert "<script" not in text.lower()
        assert "javascript:" not in text.lower() or "<a" not in text.lower()
