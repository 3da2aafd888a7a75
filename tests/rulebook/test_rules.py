"""Which value holds on a day, what a value may be, and how articles are cited."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.foundation.languages import Language
from portal.register.rules import Category, RemovalGround
from portal.rulebook import rules
from portal.rulebook.citing import cite
from portal.rulebook.defaults import DEFAULTS
from portal.rulebook.rules import KINDS, LIMITS, Basis, Entry, Kind, Rule
from portal.rulebook.wording import BASIS_LABELS, CONDITION_LABELS, RULE_LABELS

DAYS = st.dates(date(2024, 5, 13), date(2040, 12, 31))


def at_first(rule: Rule) -> Entry:
    return rules.holding(DEFAULTS[rule], date(2024, 6, 1))


def test_every_rule_is_delivered_with_a_value_that_it_may_have_and_with_what_it_rests_on():
    for rule in Rule:
        for entry in DEFAULTS[rule]:
            options = entry.value if isinstance(entry.value, tuple) else ()
            assert rules.checked(rule, entry.value, options) == entry.value, rule
            assert entry.article or entry.basis is not Basis.REGULATION, rule
            assert not (entry.article and entry.basis is not Basis.REGULATION), rule


def test_every_rule_and_every_basis_has_words():
    assert set(RULE_LABELS) == set(Rule)
    assert set(BASIS_LABELS) == set(Basis)


@pytest.mark.parametrize(
    ("rule", "value", "article"),
    [
        (Rule.PUBLICITY_DAYS, 5, "13"),
        (Rule.FORM_BY, "04-05", "16"),
        (Rule.RECOMMEND_BY, "06-30", "12"),
        (Rule.RECOMMEND_TO_MINISTRY_BY, "07-31", "13"),
        (Rule.BAR_YEARS, 3, "15"),
        (Rule.EXCLUSION_YEARS, 3, "22"),
        (Rule.PARK_INDUSTRY_SHARE, 50, "9(1)"),
    ],
)
def test_the_numbers_of_the_regulation_are_the_regulations(rule, value, article):
    assert (at_first(rule).value, at_first(rule).article) == (value, article)


@pytest.mark.parametrize(("rule", "value"), [(Rule.MINISTRY_PUBLICITY_DAYS, 15), (Rule.MINISTRY_FORM_BY, "04-15")])
def test_what_the_ministry_does_is_not_said_to_be_the_regulations(rule, value):
    assert (at_first(rule).value, at_first(rule).basis) == (value, Basis.MINISTRY)


def test_the_limits_of_complaints_and_the_time_of_keeping_do_not_pretend_to_be_the_regulations():
    promises = [rule for rule in Rule if rule.startswith("complaint_") or rule is Rule.RETENTION_YEARS]
    assert len(promises) == 11
    assert {entry.basis for rule in promises for entry in DEFAULTS[rule]} == {Basis.PROMISE}


def test_the_codes_of_the_lists_are_those_of_the_register():
    lists = (Rule.CATEGORIES_NATIONAL, Rule.CATEGORIES_REGIONAL, Rule.CATEGORIES_PREFECTURAL)
    assert {code for rule in lists for code in at_first(rule).value} == set(Category)
    grounds = {*at_first(Rule.REMOVAL_GROUNDS).value, *at_first(Rule.REMOVAL_GROUNDS_AT_ONCE).value}
    assert grounds == set(RemovalGround)
    conditions = [rule for rule in Rule if rule.startswith("conditions_")]
    assert {code for rule in conditions for code in at_first(rule).value} == set(CONDITION_LABELS)


def test_the_national_list_of_supply_chains_ended_with_2024_and_the_regions_did_not():
    national = DEFAULTS[Rule.CATEGORIES_NATIONAL]
    assert Category.SUPPLY_CHAIN in rules.holding(national, date(2024, 12, 31)).value
    assert Category.SUPPLY_CHAIN not in rules.holding(national, date(2025, 1, 1)).value
    assert Category.SUPPLY_CHAIN in rules.holding(DEFAULTS[Rule.CATEGORIES_REGIONAL], date(2026, 1, 1)).value


def test_before_the_regulation_its_first_entry_answers():
    assert rules.holding(DEFAULTS[Rule.PUBLICITY_DAYS], date(2020, 1, 1)).value == 5


@given(
    made=st.lists(st.tuples(st.integers(1, 60), DAYS, st.integers(1, 400)), max_size=8),
    began=DAYS,
)
def test_whatever_is_confirmed_later_a_procedure_that_has_begun_keeps_its_entry(made, began):
    entries = list(DEFAULTS[Rule.PUBLICITY_DAYS])
    for value, confirmed_on, ahead in made:
        before = rules.holding(entries, began)
        entries.append(Entry(value, confirmed_on + timedelta(days=ahead), Basis.AMENDMENT))
        if confirmed_on >= began:
            assert entries[-1].holds_from >= rules.earliest(confirmed_on)
            assert rules.holding(entries, began) == before


@given(made=st.lists(st.tuples(st.integers(1, 60), DAYS), min_size=1, max_size=8), on=DAYS)
def test_the_entry_that_holds_is_the_latest_that_has_begun_and_of_one_day_the_last_made(made, on):
    entries = [Entry(value, day, Basis.AMENDMENT) for value, day in made]
    begun = [entry for entry in entries if entry.holds_from <= on]
    expected = None
    for entry in begun:
        if expected is None or entry.holds_from >= expected.holds_from:
            expected = entry
    held = rules.holding(entries, on)
    assert held is expected or (not begun and held.holds_from == min(entry.holds_from for entry in entries))


@given(rule=st.sampled_from([rule for rule in Rule if KINDS[rule] in LIMITS]), value=st.integers(-500, 1000))
def test_a_number_is_taken_within_its_limits_and_nowhere_else(rule, value):
    least, greatest = LIMITS[KINDS[rule]]
    assert rules.checked(rule, value) == (value if least <= value <= greatest else None)


@pytest.mark.parametrize("text", ["02-29", "2-3", "13-01", "06-31", "", "06/30", "0630", None, 630])
def test_what_is_no_day_of_every_year_is_not_taken(text):
    assert rules.checked(Rule.RECOMMEND_BY, text) is None


def test_a_yearly_day_has_its_date_in_each_year():
    assert rules.day_in("06-30", 2027) == date(2027, 6, 30)


@pytest.mark.parametrize("value", [[], ["a", "x"], "a", 3, None])
def test_a_list_holds_known_codes_and_at_least_one(value):
    assert KINDS[Rule.REMOVAL_GROUNDS] is Kind.LIST
    assert rules.checked(Rule.REMOVAL_GROUNDS, value, ("a", "b")) is None


def test_the_same_choice_is_always_the_same_list():
    assert rules.checked(Rule.REMOVAL_GROUNDS, ["b", "a"], ("a", "b", "c")) == ("a", "b")


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
