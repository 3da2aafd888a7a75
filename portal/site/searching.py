"""A search as it stands in an address, its answer, and the facets as links."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask import current_app, url_for
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict

from portal.authorities import queries as authority_queries
from portal.content.rules import TYPE_LABELS
from portal.foundation import sanitizing
from portal.foundation.languages import LANGUAGES, Chosen, current_language
from portal.register.queries import Scope
from portal.register.rules import CATEGORY_LABELS, STATUS_LABELS, Category, Level, level_label
from portal.search import Filters, Piece, Results, Sort, highlight, index_of
from portal.search.findings import Finding, resolve

PER_PAGE = 15
LONGEST_QUERY = 200
LAST_PAGE = 10_000
FACETS = ("type", "level", "category", "year", "authority")
#: What a visitor may try who found nothing.
EXAMPLES = ("玉龙铜", "藏药", "拉萨", "ལྷ་ས")

FACET_LABELS: Mapping[str, LazyString] = {
    "type": _l("Type"),
    "level": _l("Level"),
    "category": _l("Category"),
    "year": _l("Year"),
    "authority": _l("Authority"),
}
SCOPE_LABELS: Mapping[Scope, LazyString] = {
    Scope.ALL: _l("Nationwide"),
    Scope.REGION: _l("Tibet Autonomous Region"),
}
KIND_LABELS: Mapping[str, LazyString] = {
    "unit": _l("Listed unit"),
    "agency": _l("Third-party evaluation agency"),
    **{str(doc_type): label for doc_type, label in TYPE_LABELS.items()},
}
SORT_LABELS: Mapping[Sort, LazyString] = {
    Sort.RELEVANCE: _l("By relevance"),
    Sort.NEWEST: _l("Newest first"),
    Sort.OLDEST: _l("Oldest first"),
}


@dataclass(frozen=True)
class Wanted:
    """What an address asks for. Values that do not exist stay and find nothing, as a reader would expect of them."""

    q: str = ""
    type: tuple[str, ...] = ()
    level: tuple[str, ...] = ()
    category: tuple[str, ...] = ()
    year: tuple[str, ...] = ()
    authority: tuple[str, ...] = ()
    scope: Scope = Scope.ALL
    sort: Sort = Sort.RELEVANCE
    page: int = 1

    def args(self, **changes: object) -> dict[str, Any]:
        """The arguments of the address, with changes and from the first page on; what is the default is left out."""
        changed = replace(self, page=1, **changes)  # type: ignore[arg-type]
        found: dict[str, Any] = {name: list(values) for name in FACETS if (values := getattr(changed, name))}
        if changed.q:
            found["q"] = changed.q
        if changed.scope is not Scope.ALL:
            found["scope"] = str(changed.scope)
        if changed.sort is not Sort.RELEVANCE:
            found["sort"] = str(changed.sort)
        return found

    def toggled(self, facet: str, value: str) -> str:
        """The address in which a value of a facet is chosen, or not any more."""
        chosen: tuple[str, ...] = getattr(self, facet)
        after = tuple(item for item in chosen if item != value) if value in chosen else (*chosen, value)
        return url_for("site.search", **self.args(**{facet: after}))

    @property
    def filters(self) -> Filters:
        """The same for the index, where everything is what carries no mark of the region."""
        narrowed = {name: getattr(self, name) for name in FACETS}
        return Filters(**narrowed, scope=(str(Scope.REGION),) if self.scope is Scope.REGION else ())

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but words and order was chosen."""
        return self.scope is not Scope.ALL or any(getattr(self, name) for name in FACETS)


@dataclass(frozen=True)
class Choice:
    """A value of a facet as a link: ``url`` chooses it, or takes it back where it is chosen."""

    label: object
    count: int
    is_chosen: bool
    url: str


@dataclass(frozen=True)
class Shown:
    """A finding in the reader's language, in pieces that answer the query or do not; no ``snippet`` without a text."""

    finding: Finding
    chosen: Chosen
    title: list[Piece]
    snippet: list[Piece]
    snippet_lang: str

    @property
    def answers_in_text(self) -> bool:
        """Whether the snippet holds what was asked for."""
        return any(piece.is_match for piece in self.snippet)


@dataclass(frozen=True)
class Found:
    """A page of findings with the facets by name, each with its choices; ``page``, ``pages`` and ``total`` for paging."""

    shown: list[Shown]
    facets: dict[str, list[Choice]]
    page: int
    pages: int
    total: int

    @property
    def first(self) -> int:
        """The number of the first finding of the page."""
        return (self.page - 1) * PER_PAGE + 1

    @property
    def chosen(self) -> Iterator[Choice]:
        """What the results are narrowed to."""
        return (choice for choices in self.facets.values() for choice in choices if choice.is_chosen)


def parse(args: MultiDict[str, str]) -> Wanted:
    """Read an address; nothing in it is an error."""
    page = args.get("page", "1")
    return Wanted(
        q=" ".join(sanitizing.normalize(args.get("q", "")).split())[:LONGEST_QUERY],
        **{name: _values(args, name) for name in FACETS},
        scope=Scope.REGION if args.get("scope") == Scope.REGION else Scope.ALL,
        sort=next((order for order in Sort if order == args.get("sort")), Sort.RELEVANCE),
        page=min(max(int(page), 1), LAST_PAGE) if page.isascii() and page.isdigit() and len(page) < 9 else 1,
    )


def run(wanted: Wanted) -> Found:
    """Ask the index, and read what it names from the database."""
    results = index_of(current_app).search(wanted.q, wanted.filters, wanted.sort, wanted.page, PER_PAGE)
    shown = [_show(finding, wanted.q) for _hit, finding in resolve(results.hits)]
    return Found(shown, _facets(wanted, results), results.page, results.pages, results.total)


def _show(finding: Finding, query: str) -> Shown:
    language = current_language()
    chosen = finding.title.choose(language)
    pieces, read_in = finding.snippet(query, language)
    return Shown(finding, chosen, highlight(chosen.text, query), pieces, LANGUAGES[read_in].html)


def words() -> dict[str, object]:
    """What the page of results needs beside them."""
    return {
        "facet_labels": FACET_LABELS,
        "kind_labels": KIND_LABELS,
        "sort_labels": SORT_LABELS,
        "scope_labels": SCOPE_LABELS,
        "category_labels": CATEGORY_LABELS,
        "status_labels": STATUS_LABELS,
        "level_label": level_label,
        "examples": EXAMPLES,
    }


def _facets(wanted: Wanted, results: Results) -> dict[str, list[Choice]]:
    in_region = True if wanted.scope is Scope.REGION else None
    years = {*results.facets.get("year", {}), *wanted.year}
    labels: dict[str, dict[str, object]] = {
        "type": dict(KIND_LABELS),
        "level": {str(level): level_label(level, in_region=in_region) for level in Level},
        "category": {str(category): CATEGORY_LABELS[category] for category in Category},
        "year": {year: year for year in sorted(years, reverse=True)},
        "authority": {authority.code: authority.place for authority in authority_queries.authorities()},
    }
    return {name: _choices(wanted, name, labels[name], results.facets.get(name, {})) for name in FACETS}


def _choices(wanted: Wanted, name: str, labels: Mapping[str, object], counts: Mapping[str, int]) -> list[Choice]:
    chosen = getattr(wanted, name)
    return [
        Choice(label, counts.get(value, 0), value in chosen, wanted.toggled(name, value))
        for value, label in labels.items()
        if counts.get(value) or value in chosen
    ]


def _values(args: MultiDict[str, str], name: str) -> tuple[str, ...]:
    values = dict.fromkeys(value[:40] for value in args.getlist(name)[:20] if value)
    return tuple(values)
