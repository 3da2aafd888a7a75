"""The rulebook's numbers, and how articles are cited."""

from __future__ import annotations

from datetime import date

import pytest

from portal.foundation.languages import Language
from portal.rulebook import rules
from portal.rulebook.citing import cite
from portal.rulebook.rules import Rule


def test_every_rule_has_an_entry_with_its_source():
    for rule in Rule:
        found = rules.entry(rule, date(2026, 1, 1))
        assert found.source
        assert found.value > 0


def test_publicity_lasts_five_working_days_as_article_13_says():
    assert rules.value(Rule.PUBLICITY_DAYS, date(2024, 6, 1)) == 5
    assert rules.entry(Rule.PUBLICITY_DAYS, date(2024, 6, 1)).source == "Art. 13"


def test_the_limits_of_complaints_do_not_pretend_to_be_the_regulations():
    for rule in Rule:
        if rule.startswith("complaint_"):
            assert "promise" in rules.entry(rule, date(2026, 1, 1)).source


def test_a_later_entry_holds_from_its_day_on(monkeypatch):
    later = rules.Entry(7, date(2027, 1, 1), "amended")
    entries = (*rules.DEFAULTS[Rule.PUBLICITY_DAYS], later)
    monkeypatch.setattr(rules, "DEFAULTS", {**rules.DEFAULTS, Rule.PUBLICITY_DAYS: entries})
    assert rules.value(Rule.PUBLICITY_DAYS, date(2026, 12, 31)) == 5
    assert rules.value(Rule.PUBLICITY_DAYS, date(2027, 1, 1)) == 7


@pytest.mark.parametrize(
    ("language", "reference", "cited"),
    [
        (Language.ZH, "15(1), 18(1)", "第十五条第（一）项、第十八条第（一）项"),
        (Language.ZH, "22", "第二十二条"),
        (Language.ZH, "30", "第三十条"),
        (Language.ZH, "5", "第五条"),
        (Language.BO, "22", "དོན་ཚན་22པ་"),
        (Language.BO, "18(3)", "དོན་ཚན་18པ(3)"),
        (Language.EN, "15(1), 18(1)", "Article 15(1) and Article 18(1)"),
    ],
)
def test_articles_are_cited_as_each_language_does(language, reference, cited):
    assert cite(reference, language) == cited
