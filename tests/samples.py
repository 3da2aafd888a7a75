"""The published lists with a sample unit and documents beside them: what the pages that compose everything read."""

from __future__ import annotations

import csv
import io
from datetime import date
from importlib.resources import files

from portal.authorities import queries as authority_queries
from portal.content import services as content_services
from portal.content.models import Document
from portal.content.rules import DocumentContent, DocumentType
from portal.foundation.languages import Localized
from portal.register import services as register_services

SAMPLE_UNIT = "拉萨示例水泥有限公司"
SAMPLE_CODE = "91540100MA6T1ABC2J"
HEADINGS = ("单位名称", "统一社会信用代码", "类别", "层面", "年份", "省份", "地市")


def fill() -> None:
    """Take everything in."""
    register_services.import_list((files("portal.register") / "data" / "national_lists.csv").read_bytes())
    list_unit(SAMPLE_UNIT, code=valid_code())
    publish(DocumentType.POLICY, "绿色工厂梯度培育实施细则", bo="ལྷ་ས་གྲོང་ཁྱེར་གྱི་ལྗང་མདོག་བཟོ་གྲྭའི་སྐོར་གྱི་བརྡ་ཐོ", slug="rules")
    publish(DocumentType.ANNOUNCEMENT, "关于绿色制造名单的公告", slug="final-list", year=2025)


def valid_code() -> str:
    """A credit code whose check character is right, of no enterprise."""
    from stdnum.cn import uscc

    base = SAMPLE_CODE[:17]
    return base + str(uscc.calc_check_digit(base))


def list_unit(name: str, *, code: str = "", year: int = 2024, place: str = "拉萨市") -> None:
    """Take one factory of the region into the register."""
    text = io.StringIO()
    csv.writer(text).writerows([HEADINGS, (name, code, "绿色工厂", "自治区级", year, "西藏", place)])
    report = register_services.import_list(text.getvalue().encode())
    assert report.changed, [row.sentences for row in report.rows]


def publish(
    kind: DocumentType,
    title: str,
    *,
    bo: str = "",
    slug: str = "",
    year: int = 2024,
    body: str = "",
    day: date | None = None,
) -> Document:
    """A published document, by the system."""
    content = DocumentContent(
        type=kind,
        title=Localized(zh=title, bo=bo),
        summary=Localized(zh=f"摘要：{title}"),
        body=Localized(zh=f"<p>{body or title}，各地（市）按照执行。</p>", bo=f"<p>{bo}</p>" if bo else ""),
        published_on=day or date(year, 5, 13),
        slug=slug,
    )
    document = content_services.draft(content, authority_queries.department(), by=None)
    content_services.submit(document, by=None)
    return content_services.publish(document, by=None)
