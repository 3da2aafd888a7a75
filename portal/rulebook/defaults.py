"""The rulebook as it is delivered: the regulation's own numbers and lists, and the department's promises beside them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from portal.rulebook.rules import Basis, Entry, Rule, Value

#: The day of the implementing rules.
REGULATION = date(2024, 5, 13)
FACTORY, PARK, SUPPLY_CHAIN = "green_factory", "green_industrial_park", "green_supply_chain_enterprise"
ALL_CATEGORIES = (FACTORY, PARK, SUPPLY_CHAIN)


def _article(value: Value, article: str) -> tuple[Entry, ...]:
    return (Entry(value, REGULATION, article=article),)


def _on(basis: Basis, value: Value) -> tuple[Entry, ...]:
    return (Entry(value, REGULATION, basis),)


DEFAULTS: Mapping[Rule, tuple[Entry, ...]] = {
    Rule.PUBLICITY_DAYS: _article(5, "13"),
    Rule.PUBLICITY_FIRST_DAY_COUNTS: _on(Basis.PRACTICE, 1),
    Rule.MINISTRY_PUBLICITY_DAYS: _on(Basis.MINISTRY, 15),
    Rule.FORM_BY: _article("04-05", "16"),
    Rule.MINISTRY_FORM_BY: _on(Basis.MINISTRY, "04-15"),
    Rule.RECOMMEND_BY: _article("06-30", "12"),
    Rule.RECOMMEND_TO_MINISTRY_BY: _article("07-31", "13"),
    Rule.CATEGORIES_NATIONAL: (
        *_article(ALL_CATEGORIES, "3"),
        # Since the round of 2025 the ministry keeps no list of supply chains.
        Entry((FACTORY, PARK), date(2025, 1, 1), Basis.MINISTRY),
    ),
    Rule.CATEGORIES_REGIONAL: _article(ALL_CATEGORIES, "3"),
    Rule.CATEGORIES_PREFECTURAL: _article(ALL_CATEGORIES, "3"),
    Rule.CONDITIONS_FACTORY: _article(("legal_person", "manufactures_here", "law", "standard"), "8"),
    Rule.CONDITIONS_PARK: _article(("boundary", "manufacturing_park", "law", "standard", "prefecture_park"), "9"),
    Rule.CONDITIONS_SUPPLY_CHAIN: _article(("legal_person", "leading", "is_factory", "standard"), "10"),
    Rule.PARK_INDUSTRY_SHARE: _article(50, "9(1)"),
    Rule.BAR_YEARS: _article(3, "15"),
    Rule.REMOVAL_GROUNDS: _article(
        (
            "not_in_operation",
            "violation",
            "removed_before",
            "serious_problems",
            "energy_rectification",
            "dishonest_debtor",
            "form_refused",
            "false_material",
            "no_longer_qualifies",
        ),
        "18, 19",
    ),
    Rule.REMOVAL_GROUNDS_AT_ONCE: _article(("major_incident",), "18"),
    Rule.EXCLUSION_YEARS: _article(3, "22"),
    Rule.COMPLAINT_ACKNOWLEDGE: _on(Basis.PROMISE, 2),
    Rule.COMPLAINT_ACCEPT: _on(Basis.PROMISE, 15),
    Rule.COMPLAINT_SUPPLEMENT: _on(Basis.PROMISE, 10),
    Rule.COMPLAINT_VERIFY: _on(Basis.PROMISE, 30),
    Rule.COMPLAINT_VERIFY_EXTENSION: _on(Basis.PROMISE, 15),
    Rule.COMPLAINT_DETERMINE: _on(Basis.PROMISE, 15),
    Rule.COMPLAINT_TELL: _on(Basis.PROMISE, 5),
    Rule.COMPLAINT_RECTIFY: _on(Basis.PROMISE, 60),
    Rule.COMPLAINT_REVIEW_REQUEST: _on(Basis.PROMISE, 20),
    Rule.COMPLAINT_REVIEW: _on(Basis.PROMISE, 20),
    Rule.OBJECTION_DECIDE: _on(Basis.PROMISE, 10),
    Rule.OBJECTION_SUPPLEMENT: _on(Basis.PROMISE, 5),
    Rule.RETENTION_YEARS: _on(Basis.PROMISE, 3),
}
