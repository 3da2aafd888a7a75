"""What the API takes and gives, as schemas: they read the parameters, and write and describe the answers."""

from __future__ import annotations

import re
from typing import Any

from marshmallow import Schema, fields, validate

from portal.authorities.data import AUTHORITIES
from portal.content.rules import DocumentType
from portal.credentials.batch import LONGEST_CELL, MOST, Found
from portal.credentials.green_codes.rules import SIGNS
from portal.credentials.rules import Standing
from portal.foundation import sanitizing
from portal.foundation.languages import Language
from portal.register.places import PROVINCES
from portal.register.queries import Scope
from portal.register.rules import DATA_EVENTS, PUBLIC_STATUSES, Category, Level
from portal.search import Sort

PER_PAGE, MOST_PER_PAGE, LAST_PAGE = 30, 200, 100_000
LONGEST_NAME, LONGEST_QUERY = 100, 200


class Whole(fields.Integer):
    """A whole number in plain digits; ``1_0`` or a number in other digits is none."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        if isinstance(value, str) and not re.fullmatch(r"[+-]?[0-9]{1,18}", value):
            raise self.make_error("invalid", input=value)
        return super()._deserialize(value, attr, data, **kwargs)


class Day(fields.Date):
    """A day as ``YYYY-MM-DD`` and in no other of the forms that ISO 8601 knows."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", str(value)):
            raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE)
        return super()._deserialize(value, attr, data, **kwargs)


class Words(fields.String):
    """What a person typed, without what no text may hold."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        return " ".join(sanitizing.normalize(str(text)).split())


def _choice(values: Any, description: str, example: str) -> fields.List[Any]:
    """A parameter that may stand several times; its values are alternatives."""
    one = fields.String(validate=validate.OneOf([str(value) for value in values]))
    return fields.List(one, load_default=[], metadata={"description": description, "example": [example]})


def _year() -> fields.List[Any]:
    one = Whole(validate=validate.Range(1990, 2100))
    return fields.List(one, load_default=[], metadata={"description": "Year of the list.", "example": [2020]})


_AUTHORITY = "Authority that the unit stands under. Units of other provinces stand under none."
_CODES = [authority.code for authority in AUTHORITIES]


class Paging(Schema):
    """Which part of a collection."""

    page = Whole(
        load_default=1, validate=validate.Range(1, LAST_PAGE), metadata={"description": "Page, from 1.", "example": 1}
    )
    per_page = Whole(
        load_default=PER_PAGE,
        validate=validate.Range(1, MOST_PER_PAGE),
        metadata={"description": "Items in a page.", "example": 30},
    )


class Speaking(Schema):
    """In which language."""

    lang = fields.String(
        load_default=str(Language.ZH),
        validate=validate.OneOf([str(code) for code in Language]),
        metadata={"description": "Language of the pages that `url` leads to, and of titles and snippets of a search."},
    )


class SelectionQuery(Paging, Speaking):
    """What units and lists are narrowed by. Different parameters hold together."""

    q = Words(
        load_default="",
        validate=validate.Length(max=LONGEST_NAME),
        metadata={"description": "Part of a name, former name, Tibetan name or credit code.", "example": "玉龙"},
    )
    level = _choice(Level, "Level of the list.", "national")
    category = _choice(Category, "Category of the list.", "green_factory")
    year = _year()
    authority = _choice(_CODES, _AUTHORITY, "lhasa")
    province = _choice(PROVINCES, "Province as published lists name it.", "西藏")
    status = _choice(PUBLIC_STATUSES, "Whether the entry is on the list or was removed.", "active")
    scope = fields.String(
        load_default=str(Scope.ALL),
        validate=validate.OneOf([str(scope) for scope in Scope]),
        metadata={
            "description": "`region`: only units under one of the nine authorities; `all`: every published unit."
        },
    )


class ListsQuery(SelectionQuery):
    """The same for list entries, and the lists of another day."""

    as_of = Day(
        metadata={
            "description": "The entries on the lists at the end of this day; with `status`, those that had it then. An "
            "entry counts from the day it was listed, or from 31 December of its year where the published list names no "
            "day, until the day of its removal. Names and authorities are those of that day.",
            "example": "2025-07-31",
        },
    )


class ChangesQuery(Speaking):
    """From which point of the ledger on."""

    since = Whole(
        load_default=0,
        validate=validate.Range(0, 2**31 - 1),
        metadata={"description": "The `next` of the answer before; 0 or none for everything.", "example": 120},
    )
    per_page = Whole(
        load_default=PER_PAGE,
        validate=validate.Range(1, MOST_PER_PAGE),
        metadata={"description": "Changes in an answer.", "example": 30},
    )


class DocumentsQuery(Paging, Speaking):
    """What documents are narrowed by."""

    type = _choice(DocumentType, "Type of document.", "announcement")
    year = Whole(
        validate=validate.Range(1990, 2100),
        metadata={"description": "Year of issue.", "example": 2024},
    )
    authority = fields.String(
        validate=validate.OneOf(_CODES),
        metadata={"description": "Issuing authority.", "example": "department"},
    )


class SearchQuery(Paging, Speaking):
    """Words, what the results are narrowed to, and their order."""

    q = Words(
        load_default="",
        validate=validate.Length(max=LONGEST_QUERY),
        metadata={
            "description": "Words in Chinese, Tibetan, Latin letters or pinyin; none: everything.",
            "example": "玉龙铜",
        },
    )
    type = _choice(["unit", "agency", *DocumentType], "Type of thing.", "unit")
    level = _choice(Level, "Level of a list that the unit is on.", "national")
    category = _choice(Category, "Category of a list that the unit is on.", "green_factory")
    year = _year()
    authority = _choice(_CODES, "Authority of the unit, or issuing authority of the document.", "lhasa")
    scope = fields.String(
        load_default=str(Scope.ALL),
        validate=validate.OneOf([str(scope) for scope in Scope]),
        metadata={
            "description": "`region`: documents and what stands under one of the nine authorities; `all`: everything."
        },
    )
    sort = fields.String(
        load_default=str(Sort.RELEVANCE),
        validate=validate.OneOf([str(order) for order in Sort]),
        metadata={"description": "Order of the results."},
    )


class AgencyHead(Schema):
    """An evaluation agency."""

    id = fields.String(required=True)
    name = fields.String(required=True)


class Entry(Schema):
    """One entry of a list."""

    category = fields.String(required=True, validate=validate.OneOf([str(item) for item in Category]))
    level = fields.String(required=True, validate=validate.OneOf([str(item) for item in Level]))
    year = fields.Integer(required=True)
    batch = fields.String(required=True, metadata={"description": "Empty where the list names none."})
    status = fields.String(required=True, validate=validate.OneOf([str(item) for item in PUBLIC_STATUSES]))
    listed_on = fields.Date(required=True, allow_none=True)
    removed_on = fields.Date(required=True, allow_none=True)
    ground = fields.String(required=True, allow_none=True, metadata={"description": "Ground of the removal."})
    agency = fields.Nested(AgencyHead, required=True, allow_none=True)
    source_url = fields.String(required=True, allow_none=True, metadata={"description": "Where it was published."})


class UnitHead(Schema):
    """A unit without its entries."""

    id = fields.String(required=True, metadata={"description": "What forms take as `respondent`."})
    name = fields.String(required=True, metadata={"description": "The registered name, in Chinese."})
    name_bo = fields.String(required=True, allow_none=True, metadata={"description": "The recorded Tibetan name."})
    uscc = fields.String(required=True, allow_none=True, metadata={"description": "Unified social credit code."})
    province = fields.String(required=True, allow_none=True)
    prefecture = fields.String(required=True, allow_none=True)
    authority = fields.String(required=True, allow_none=True, metadata={"description": "None outside of the region."})
    attribution_confirmed = fields.Boolean(
        required=True, metadata={"description": "Whether the authority confirmed that the unit stands under it."}
    )
    former_names = fields.List(fields.String(), required=True)
    sample = fields.Boolean(required=True, metadata={"description": "Whether the unit is invented, for demonstration."})
    url = fields.Url(required=True, require_tld=False)


class GreenCode(Schema):
    """The national green code (企业绿码) of a unit, granted by the national platform and recorded here for its year."""

    value = fields.String(required=True, validate=validate.OneOf(list(SIGNS.values())))
    year = fields.Integer(required=True)
    valid_until = fields.Date(required=True)
    confirmed = fields.Boolean(
        required=True, metadata={"description": "The unit's authority confirmed it; no other is told of."}
    )


class Unit(UnitHead):
    """A unit with all its entries, the newest first."""

    entries = fields.List(fields.Nested(Entry), required=True)
    code = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Code of its list membership that is in force, of the highest level; see `/verify`."},
    )
    green_code = fields.Nested(
        GreenCode,
        required=True,
        allow_none=True,
        metadata={"description": "The national green code that is valid today, where the unit has one."},
    )


class ListItem(Entry):
    """An entry with its unit."""

    unit = fields.Nested(UnitHead, required=True)


class EntryHead(Schema):
    """Which entry of a unit."""

    category = fields.String(required=True)
    level = fields.String(required=True)
    year = fields.Integer(required=True)


class ChangeItem(Schema):
    """A public act of the register's ledger. It is never changed; a correction is an act of its own."""

    id = fields.Integer(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(sorted(str(item) for item in DATA_EVENTS)))
    counts_from = fields.Date(required=True, metadata={"description": "The day from which the act counts."})
    recorded_at = fields.DateTime(required=True)
    unit = fields.Nested(UnitHead, required=True, allow_none=True, metadata={"description": "The unit as it is now."})
    agency = fields.Nested(AgencyHead, required=True, allow_none=True)
    entry = fields.Nested(EntryHead, required=True, allow_none=True)
    article = fields.String(required=True, allow_none=True, metadata={"description": "What the act rests on."})
    document = fields.Url(
        required=True, allow_none=True, require_tld=False, metadata={"description": "The document that made it public."}
    )
    source_url = fields.String(required=True, allow_none=True)
    corrects = fields.Integer(required=True, allow_none=True, metadata={"description": "The act that it corrects."})
    facts = fields.Dict(required=True, metadata={"description": "What the act told, by name."})


class Texts(Schema):
    """A text in the languages it exists in."""

    zh = fields.String()
    bo = fields.String()
    en = fields.String()


class VerifyAnswer(Schema):
    """What a code answers at a moment."""

    code = fields.String(required=True, metadata={"description": "In its one written form; as asked where not ours."})
    standing = fields.String(required=True, validate=validate.OneOf([str(item) for item in Standing]))
    as_of = fields.DateTime(required=True)
    unit = fields.Nested(UnitHead, required=True, allow_none=True, metadata={"description": "Under its present name."})
    entry = fields.Nested(Entry, required=True, allow_none=True)
    since = fields.Date(required=True, allow_none=True, metadata={"description": "Since when the answer holds."})
    document = fields.Url(
        required=True, allow_none=True, require_tld=False, metadata={"description": "What made it public."}
    )
    again = fields.List(
        fields.String(), required=True, metadata={"description": "Codes in force of the same unit, category and level."}
    )
    credential = fields.Url(
        required=True, allow_none=True, require_tld=False, metadata={"description": "The signed credential."}
    )
    url = fields.Url(required=True, allow_none=True, require_tld=False)


class BatchQuestion(Schema):
    """Which units are asked about."""

    codes = fields.List(
        fields.String(validate=validate.Length(max=LONGEST_CELL)),
        required=True,
        validate=validate.Length(1, MOST),
        metadata={"description": "Unified social credit codes.", "example": ["91540100MA6T1ABC27"]},
    )


class BatchEntry(EntryHead):
    """An entry in a batch answer."""

    status = fields.String(required=True)
    listed_on = fields.Date(required=True, allow_none=True)
    removed_on = fields.Date(required=True, allow_none=True)
    code = fields.String(required=True, allow_none=True)


class BatchLine(Schema):
    """What the register says of one credit code."""

    asked = fields.String(required=True)
    found = fields.String(required=True, validate=validate.OneOf([str(item) for item in Found]))
    id = fields.String(required=True, allow_none=True)
    name = fields.String(required=True, allow_none=True)
    entries = fields.List(fields.Nested(BatchEntry), required=True)


class BatchAnswer(Schema):
    """A dated answer for each code; `signed` is the same as a JSON Web Signature that anybody can check."""

    iss = fields.String(required=True)
    as_of = fields.DateTime(required=True)
    total = fields.Integer(required=True)
    items = fields.List(fields.Nested(BatchLine), required=True)
    signed = fields.String(required=True)


class AttachmentItem(Schema):
    """A file of a document."""

    name = fields.String(required=True)
    media_type = fields.String(required=True)
    size = fields.Integer(required=True, metadata={"description": "Bytes."})
    sha256 = fields.String(required=True, metadata={"description": "Hexadecimal."})
    url = fields.Url(required=True, require_tld=False)


class Publicity(Schema):
    """The days in which anybody may object to what a notice publicises."""

    first = fields.Date(required=True)
    last = fields.Date(required=True, metadata={"description": "It ends with this day, in Asia/Shanghai."})
    working_days = fields.List(fields.Date(), required=True)
    working_days_left = fields.Integer(required=True, metadata={"description": "Today included."})


class DocumentItem(Schema):
    """A published document without its body."""

    id = fields.String(required=True)
    slug = fields.String(required=True)
    type = fields.String(required=True, validate=validate.OneOf([str(item) for item in DocumentType]))
    number = fields.String(required=True, allow_none=True)
    published_on = fields.Date(required=True, allow_none=True)
    authority = fields.String(required=True)
    title = fields.Nested(Texts, required=True)
    summary = fields.Nested(Texts, required=True)
    source = fields.String(required=True, allow_none=True)
    attachments = fields.List(fields.Nested(AttachmentItem), required=True)
    publicity = fields.Nested(
        Publicity,
        required=True,
        allow_none=True,
        metadata={"description": "Of a publicity notice whose days are known."},
    )
    erratum_of = fields.String(
        required=True, allow_none=True, metadata={"description": "Slug of the document that this one corrects."}
    )
    sample = fields.Boolean(required=True)
    url = fields.Url(required=True, require_tld=False)


class Document(DocumentItem):
    """A published document."""

    body = fields.Nested(Texts, required=True, metadata={"description": "HTML."})


class SearchItem(Schema):
    """One result of a search."""

    type = fields.String(required=True)
    id = fields.String(required=True)
    slug = fields.String(required=True, metadata={"description": "What stands in its address."})
    title = fields.String(required=True)
    snippet = fields.String(required=True)
    url = fields.Url(required=True, require_tld=False)
    date = fields.Date(required=True, allow_none=True)
    score = fields.Float(required=True, metadata={"description": "Comparable within one answer only."})


class Collection(Schema):
    """A page of a collection. Behind the last page there are no items."""

    total = fields.Integer(required=True)
    page = fields.Integer(required=True)
    per_page = fields.Integer(required=True)


class UnitCollection(Collection):
    """A page of units."""

    items = fields.List(fields.Nested(Unit), required=True)


class ListCollection(Collection):
    """A page of list entries."""

    items = fields.List(fields.Nested(ListItem), required=True)


class ChangeCollection(Collection):
    """The changes after a point, oldest first; `total` counts those that are left, `next` is where to go on."""

    next = fields.Integer(required=True)
    items = fields.List(fields.Nested(ChangeItem), required=True)


class DocumentCollection(Collection):
    """A page of documents."""

    items = fields.List(fields.Nested(DocumentItem), required=True)


class SearchCollection(Collection):
    """A page of results."""

    items = fields.List(fields.Nested(SearchItem), required=True)


class Problem(Schema):
    """An error (RFC 9457)."""

    type = fields.String(required=True, metadata={"description": "`about:blank`: the status says what kind it is."})
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True, metadata={"description": "For a person, in the language of the request."})
    instance = fields.String(required=True)
    errors = fields.Dict(
        keys=fields.String(),
        values=fields.List(fields.String()),
        metadata={"description": "The parameters that were refused, each with the reasons."},
    )
