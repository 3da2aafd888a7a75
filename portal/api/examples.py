"""Answers as they look, for the description. The unit is invented."""

from __future__ import annotations

from typing import Any

ENTRY: dict[str, Any] = {
    "category": "green_factory",
    "level": "regional",
    "year": 2024,
    "batch": "",
    "status": "active",
    "listed_on": "2024-12-20",
    "removed_on": None,
    "ground": None,
    "agency": {"id": "a7", "name": "示例评价有限公司"},
    "source_url": "https://example.org/list",
}
UNIT_HEAD: dict[str, Any] = {
    "id": "u12",
    "name": "拉萨示例水泥有限公司",
    "name_bo": None,
    "uscc": None,
    "province": "西藏",
    "prefecture": "拉萨市",
    "authority": "lhasa",
    "attribution_confirmed": True,
    "former_names": ["拉萨示例水泥厂"],
    "sample": True,
    "url": "https://example.org/zh/units/u12",
}
UNIT = {
    **UNIT_HEAD,
    "entries": [ENTRY],
    "code": "7K3M-9Q2D-8FXC-AV4P",
    "green_code": {"value": "A+", "year": 2026, "valid_until": "2026-12-31", "confirmed": True},
}
LIST_ITEM = {**ENTRY, "unit": UNIT_HEAD}
CHANGE: dict[str, Any] = {
    "id": 121,
    "kind": "renamed",
    "counts_from": "2025-09-01",
    "recorded_at": "2025-09-01T02:00:00+00:00",
    "unit": UNIT_HEAD,
    "agency": None,
    "entry": None,
    "article": "19",
    "document": "https://example.org/zh/announcements/announcement-2025",
    "source_url": None,
    "corrects": None,
    "facts": {"from": "拉萨示例水泥厂", "to": "拉萨示例水泥有限公司"},
}
DOCUMENT_ITEM: dict[str, Any] = {
    "id": "3",
    "slug": "announcement-2024",
    "type": "announcement",
    "number": "藏经信公告〔2024〕3号",
    "published_on": "2024-12-20",
    "authority": "department",
    "title": {"zh": "关于2024年度自治区绿色制造名单的公告"},
    "summary": {},
    "source": None,
    "attachments": [],
    "publicity": None,
    "erratum_of": None,
    "sample": True,
    "url": "https://example.org/zh/announcements/announcement-2024",
}
DOCUMENT = {**DOCUMENT_ITEM, "body": {"zh": "<p>现予公告。</p>"}}
SEARCH_ITEM: dict[str, Any] = {
    "type": "unit",
    "id": "u12",
    "slug": "u12",
    "title": "拉萨示例水泥有限公司",
    "snippet": "拉萨示例水泥厂",
    "url": "https://example.org/zh/units/u12",
    "date": "2024-12-20",
    "score": 7.25,
}
VERIFY: dict[str, Any] = {
    "code": "7K3M-9Q2D-8FXC-AV4P",
    "standing": "in_force",
    "as_of": "2026-11-23T02:00:00+00:00",
    "unit": UNIT_HEAD,
    "entry": ENTRY,
    "since": "2024-12-20",
    "document": "https://example.org/zh/announcements/announcement-2024",
    "again": [],
    "credential": "https://example.org/credentials/7K3M-9Q2D-8FXC-AV4P.jwt",
    "url": "https://example.org/zh/verify/7K3M-9Q2D-8FXC-AV4P",
}
BATCH: dict[str, Any] = {
    "iss": "https://example.org",
    "as_of": "2026-11-23T10:00:00+08:00",
    "total": 1,
    "items": [{"asked": "91540100MA6T1ABC27", "found": "unknown", "id": None, "name": None, "entries": []}],
    "signed": "eyJhbGciOiJFZERTQSJ9.e30.c2ln",
}


def collection(item: dict[str, Any]) -> dict[str, Any]:
    """A page with one item."""
    return {"total": 1, "page": 1, "per_page": 30, "items": [item]}
