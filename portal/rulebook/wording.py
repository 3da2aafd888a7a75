"""The rules in words: what each is called, what its value says, and what it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from babel.dates import format_date
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from portal.foundation.languages import LANGUAGES, Language, current_language
from portal.rulebook import hooks
from portal.rulebook.rules import KINDS, Basis, Kind, Rule, Value, day_in

RULE_LABELS: Mapping[Rule, LazyString] = {
    Rule.PUBLICITY_DAYS: _l("Publicity period"),
    Rule.PUBLICITY_FIRST_DAY_COUNTS: _l("A working day counts in the publicity period on the day of publication"),
    Rule.MINISTRY_PUBLICITY_DAYS: _l("Publicity period of the ministry's lists"),
    Rule.FORM_BY: _l("Filing of the dynamic management form, every year by"),
    Rule.MINISTRY_FORM_BY: _l("The same for national lists, every year by"),
    Rule.RECOMMEND_BY: _l("Recommendation by the authorities, every year by"),
    Rule.RECOMMEND_TO_MINISTRY_BY: _l("Recommendation to the ministry, every year by"),
    Rule.CATEGORIES_NATIONAL: _l("Categories at national level"),
    Rule.CATEGORIES_REGIONAL: _l("Categories at autonomous region level"),
    Rule.CATEGORIES_PREFECTURAL: _l("Categories at prefecture (city) level"),
    Rule.CONDITIONS_FACTORY: _l("Conditions for a green factory"),
    Rule.CONDITIONS_PARK: _l("Conditions for a green industrial park"),
    Rule.CONDITIONS_SUPPLY_CHAIN: _l("Conditions for a green supply chain management enterprise"),
    Rule.PARK_INDUSTRY_SHARE: _l("Share of industrial value added in a park, at least"),
    Rule.BAR_YEARS: _l("Time for which the grounds of Article 15 bar a listing"),
    Rule.REMOVAL_GROUNDS: _l("Grounds for removal with the yearly list"),
    Rule.REMOVAL_GROUNDS_AT_ONCE: _l("Grounds for removal at once"),
    Rule.EXCLUSION_YEARS: _l("Exclusion of a third-party agency"),
    Rule.COMPLAINT_ACKNOWLEDGE: _l("Complaint: acknowledge within"),
    Rule.COMPLAINT_ACCEPT: _l("Complaint: accept or refuse within"),
    Rule.COMPLAINT_SUPPLEMENT: _l("Complaint: supplement within"),
    Rule.COMPLAINT_VERIFY: _l("Complaint: verify within"),
    Rule.COMPLAINT_VERIFY_EXTENSION: _l("Complaint: verification extended once by"),
    Rule.COMPLAINT_DETERMINE: _l("Complaint: determine within"),
    Rule.COMPLAINT_TELL: _l("Complaint: tell the result within"),
    Rule.COMPLAINT_RECTIFY: _l("Complaint: rectify within"),
    Rule.COMPLAINT_REVIEW_REQUEST: _l("Complaint: request a review within"),
    Rule.COMPLAINT_REVIEW: _l("Complaint: review within"),
    Rule.OBJECTION_DECIDE: _l("Objection: decide within"),
    Rule.OBJECTION_SUPPLEMENT: _l("Objection: supplement within"),
    Rule.RETENTION_YEARS: _l("Sealed content of a closed complaint is kept for"),
}
#: The conditions of Art. 8-10 and 14.
CONDITION_LABELS: Mapping[str, LazyString] = {
    "legal_person": _l("Lawfully established as a legal person, or an independent accounting unit"),
    "manufactures_here": _l("Manufactures in the region or in the Zangqing park"),
    "boundary": _l("Legal boundary and one managing body"),
    "manufacturing_park": _l("Manufacturing and energy supply as its main functions"),
    "leading": _l("Leads its supply chain and has a sound basis of green management"),
    "is_factory": _l("In principle itself a green factory"),
    "law": _l("Follows laws, policies and standards"),
    "standard": _l("Meets the standard that Article 14 names"),
    "prefecture_park": _l("A park of prefecture level or above with many green factories"),
}
BASIS_LABELS: Mapping[Basis, LazyString] = {
    Basis.REGULATION: _l("Implementing rules"),
    Basis.PROMISE: _l("The department's own promise"),
    Basis.PRACTICE: _l("Usual practice of published notices"),
    Basis.MINISTRY: _l("Practice of the ministry"),
    Basis.AMENDMENT: _l("Decision of the department"),
}
DAY_OF_YEAR = {Language.ZH: "M月d日", Language.BO: "'ཟླ་'M'ཚེས་'d'ཉིན'", Language.EN: "d MMMM"}


def in_words(rule: Rule, value: Value) -> list[str]:
    """A value as a reader reads it: one text, or the members of a list."""
    kind = KINDS[rule]
    if isinstance(value, tuple):
        options = hooks.options_of(rule)
        return [str(options.get(code, code)) for code in value]
    if kind is Kind.DAY_OF_YEAR:
        return [_day_of_year(day_in(value, 2024))]
    if kind is Kind.PERCENT:
        return [f"{value}%"]
    said = {
        Kind.YES_OR_NO: _l("Yes") if value else _l("No"),
        Kind.YEARS: _l("%(n)s years", n=value),
        Kind.CALENDAR_DAYS: _l("%(n)s calendar days", n=value),
        Kind.WORKING_DAYS: _l("%(n)s working days", n=value),
    }
    return [str(said[kind])]


def weekday(day: date) -> str:
    """The short name of a day of the week."""
    return format_date(day, "EEE", locale=LANGUAGES[current_language()].locale)


def _day_of_year(day: date) -> str:
    language = current_language()
    locale = "en" if language is Language.BO else LANGUAGES[language].locale
    return format_date(day, DAY_OF_YEAR[language], locale=locale)
