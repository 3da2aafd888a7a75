"""The documents of the demonstration. Samples say so in their titles; the policy is about the real rules, in own words."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from portal.foundation.workdays import DateNotCovered
from portal.rulebook import queries as rulebook

LISTED = (
    ("样本三江矿业有限公司", "绿色工厂", "ལྗང་མདོག་བཟོ་གྲྭ", "昌都市", "ཆབ་མདོ་གྲོང་ཁྱེར"),
    ("样本那曲牦牛乳业有限公司", "绿色工厂", "ལྗང་མདོག་བཟོ་གྲྭ", "那曲市", "ནག་ཆུ་གྲོང་ཁྱེར"),
    ("样本雅江新能源有限公司", "绿色供应链管理企业", "ལྗང་མདོག་མཁོ་འདོན་སྦྲེལ་ཐག་དོ་དམ་ཁེ་ལས", "山南市", "ལྷོ་ཁ་གྲོང་ཁྱེར"),
    ("样本高原绿色工业园区", "绿色工业园区", "ལྗང་མདོག་བཟོ་ལས་གླིང་ཁུལ", "拉萨市", "ལྷ་ས་གྲོང་ཁྱེར"),
)


def workdays_ago(today: date, days: int) -> date:
    """The working day that lies so many working days back; the calendar day where no calendar is known."""
    day, left, calendar = today, days, rulebook.calendar()
    try:
        while left or not calendar.is_workday(day):
            day -= timedelta(days=1)
            left -= left > 0 and calendar.is_workday(day)
    except DateNotCovered:
        return today - timedelta(days=days)
    return day


def lines() -> Iterator[str]:
    """The documents as lines of an import."""
    for record in _records():
        yield json.dumps(record, ensure_ascii=False)


def _table(rows: tuple[tuple[str, ...], ...], language: str) -> str:
    heads = {
        "zh": ("序号", "单位名称", "类别", "地（市）"),
        "bo": ("ཨང་རིམ", "སྡེ་ཚན་གྱི་མིང", "རིགས་དབྱེ", "ས་ཁུལ (གྲོང་ཁྱེར)"),
        "en": ("No.", "Unit", "Category", "Prefecture"),
    }[language]
    english = {
        "绿色工厂": "Green factory",
        "绿色供应链管理企业": "Green supply chain enterprise",
        "绿色工业园区": "Green industrial park",
    }
    body = ""
    for number, (name, zh_kind, bo_kind, zh_place, bo_place) in enumerate(rows, 1):
        shown = name if language == "zh" else f'<span lang="zh-Hans-CN">{name}</span>'
        kind = {"zh": zh_kind, "bo": bo_kind, "en": english[zh_kind]}[language]
        place = {"zh": zh_place, "bo": bo_place, "en": f'<span lang="zh-Hans-CN">{zh_place}</span>'}[language]
        body += f"<tr><td>{number}</td><td>{shown}</td><td>{kind}</td><td>{place}</td></tr>"
    head = "".join(f'<th scope="col">{text}</th>' for text in heads)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _records() -> Iterator[dict[str, Any]]:
    yield {
        "slug": "sample-publicity-2025",
        "type": "publicity",
        "published_on": "2025-09-15",
        "number": "样本公示〔2025〕1号",
        "source": "演示数据",
        "sample": True,
        "zh": {
            "title": "2025年度自治区绿色制造名单公示（样本）",
            "summary": "公示期为2025年9月15日至9月19日，期间未收到异议。",
            "body": "<p>现将拟列入2025年度自治区绿色制造名单的单位予以公示。</p>" + _table(LISTED, "zh"),
        },
        "bo": {
            "title": "2025ལོའི་རང་སྐྱོང་ལྗོངས་ལྗང་མདོག་བཟོ་སྐྲུན་མིང་ཐོའི་གསལ་བསྒྲགས (དཔེ་མཚོན)",
            "summary": "གསལ་བསྒྲགས་དུས་ཡུན་རྫོགས་ཟིན།",
            "body": "<p>2025ལོའི་རང་སྐྱོང་ལྗོངས་ལྗང་མདོག་བཟོ་སྐྲུན་མིང་ཐོར་འཇུག་རྩིས་ཀྱི་སྡེ་ཚན་གསལ་བསྒྲགས་བྱས།</p>" + _table(LISTED, "bo"),
        },
    }
    yield {
        "slug": "sample-list-2025",
        "type": "announcement",
        "published_on": "2025-09-30",
        "number": "样本公告〔2025〕3号",
        "source": "演示数据",
        "sample": True,
        "zh": {
            "title": "关于公布2025年度自治区绿色制造名单的公告（样本）",
            "summary": "经公示无异议，4家样本单位列入2025年度自治区绿色制造名单。",
            "body": "<p>经公示无异议，现将2025年度自治区绿色制造名单予以公告。</p>"
            + _table(LISTED, "zh")
            + "<p>列入名单的单位应于每年4月5日前填报动态管理表。</p>",
        },
        "bo": {
            "title": "2025ལོའི་རང་སྐྱོང་ལྗོངས་ལྗང་མདོག་བཟོ་སྐྲུན་མིང་ཐོ་ཁྱབ་བསྒྲགས་བྱེད་པའི་སྤྱི་བསྒྲགས (དཔེ་མཚོན)",
            "summary": "གསལ་བསྒྲགས་བྱས་རྗེས་བསམ་འཆར་མི་མཐུན་པ་མེད་པས། དཔེ་མཚོན་སྡེ་ཚན་4མིང་ཐོར་བཅུག",
            "body": "<p>གསལ་བསྒྲགས་བྱས་རྗེས་བསམ་འཆར་མི་མཐུན་པ་མེད་པས། 2025ལོའི་རང་སྐྱོང་ལྗོངས་ལྗང་མདོག་བཟོ་སྐྲུན་མིང་ཐོ་སྤྱི་བསྒྲགས་བྱས།</p>"
            + _table(LISTED, "bo"),
        },
    }
    yield {
        "slug": "rules-at-a-glance",
        "type": "policy",
        "published_on": "2024-05-13",
        "source": "西藏自治区经济和信息化厅",
        "zh": {
            "title": "《西藏自治区绿色工厂梯度培育及管理实施细则》要点",
            "summary": "名单分哪几类、怎样公示和公告、什么情形移出、怎样实名举报。",
            "body": "<h2>名单</h2><p>名单分绿色工厂、绿色工业园区、绿色供应链管理企业三类，国家、自治区、地（市）三个层面（第三条）。</p>"
            "<h2>公示与公告</h2><p>拟入选单位公示5个工作日，无异议的列入名单并公告（第十三条）。</p>"
            "<h2>动态管理</h2><p>名单单位每年4月5日前填报动态管理表（第十六条）。出现规定情形的移出名单并公告（第十八条）。</p>"
            "<h2>实名举报</h2><p>任何组织和个人可就名单单位和第三方机构信息的真实性、准确性等问题，"
            "向其所在地主管部门实名举报，提供佐证材料和联系方式；受理后及时核实，报自治区经济和信息化厅核定（第二十四条）。</p>",
        },
        "bo": {
            "title": "《བོད་རང་སྐྱོང་ལྗོངས་ཀྱི་ལྗང་མདོག་བཟོ་གྲྭ་སྐས་རིམ་གསོ་སྐྱོང་དང་དོ་དམ་བྱ་རྒྱུའི་ལག་བསྟར་ཞིབ་སྲོལ》ཀྱི་གནད་དོན",
            "summary": "མིང་ཐོའི་རིགས་དབྱེ་དང་། གསལ་བསྒྲགས། སྤྱི་བསྒྲགས། དངོས་མིང་ཞུ་གཏུག་སྐོར།",
            "body": "<h2>མིང་ཐོ</h2><p>མིང་ཐོར་ལྗང་མདོག་བཟོ་གྲྭ་དང་། ལྗང་མདོག་བཟོ་ལས་གླིང་ཁུལ། ལྗང་མདོག་མཁོ་འདོན་སྦྲེལ་ཐག་དོ་དམ་ཁེ་ལས་བཅས་རིགས་3ཡོད།</p>"
            "<h2>གསལ་བསྒྲགས་དང་སྤྱི་བསྒྲགས</h2><p>གསལ་བསྒྲགས་དུས་ཡུན་ལས་ཉིན་5ཡིན། བསམ་འཆར་མི་མཐུན་པ་མེད་ན་མིང་ཐོར་བཅུག་ནས་སྤྱི་བསྒྲགས་བྱེད།</p>"
            "<h2>དངོས་མིང་ཞུ་གཏུག</h2><p>ཚོགས་པ་དང་མི་སྒེར་གང་ཞིག་གིས་ས་གནས་ཀྱི་གཙོ་གཉེར་སྡེ་ཁག་ལ་དངོས་མིང་ཐོག་ནས་ཞུ་གཏུག་བྱས་ཆོག</p>",
        },
    }
    yield {
        "slug": "sample-agency-notes",
        "type": "policy",
        "published_on": "2024-06-20",
        "source": "演示数据",
        "sample": True,
        "zh": {
            "title": "第三方评价机构工作须知（样本）",
            "summary": "评价机构对所出具评价报告的真实性和准确性负责。",
            "body": "<p>第三方评价机构按照绿色制造第三方评价工作要求开展工作，对评价报告负责，接受监督（第二十条）。</p>"
            "<p>弄虚作假的、质量评估较差的，三年内禁止在自治区开展相关评价工作（第二十二条）。</p>",
        },
    }
    yield {
        "slug": "sample-training",
        "type": "news",
        "published_on": "2026-03-20",
        "source": "演示数据",
        "sample": True,
        "zh": {
            "title": "自治区绿色制造单位培训班在拉萨举办（样本）",
            "summary": "培训内容包括动态管理表填报和绿色低碳发展报告编制。",
            "body": "<p>培训班介绍了动态管理表的填报要求，并就绿色低碳发展报告的编制进行了交流。</p>",
        },
        "bo": {
            "title": "རང་སྐྱོང་ལྗོངས་ལྗང་མདོག་བཟོ་སྐྲུན་སྡེ་ཚན་གྱི་གསོ་སྦྱོང་འཛིན་གྲྭ་ལྷ་སར་འཚོགས་པ (དཔེ་མཚོན)",
            "summary": "གསོ་སྦྱོང་གི་ནང་དོན་དུ་འགུལ་རྣམ་དོ་དམ་རེའུ་མིག་འགེངས་སྟངས་ཚུད་ཡོད།",
            "body": "<p>གསོ་སྦྱོང་འཛིན་གྲྭས་འགུལ་རྣམ་དོ་དམ་རེའུ་མིག་འགེངས་བྱའི་བླང་བྱ་ངོ་སྤྲོད་བྱས།</p>",
        },
    }
    yield {
        "slug": "sample-waste-heat",
        "type": "practice",
        "published_on": "2026-05-12",
        "source": "样本雪域绿色建材有限公司",
        "sample": True,
        "zh": {
            "title": "余热供暖的做法（样本）",
            "summary": "样本雪域绿色建材有限公司介绍窑头余热用于厂区供暖的做法。",
            "body": "<p>样本企业利用窑头余热为厂区供暖，减少了冬季燃料消耗。</p>",
        },
        "bo": {
            "title": "ལྷག་མའི་ཚ་དྲོད་བེད་སྤྱོད་ཀྱི་བྱ་ཐབས (དཔེ་མཚོན)",
            "summary": "དཔེ་མཚོན་ཁེ་ལས་ཀྱིས་ལྷག་མའི་ཚ་དྲོད་བེད་སྤྱོད་བྱས་པའི་བྱ་ཐབས་ངོ་སྤྲོད་བྱས།",
            "body": "<p>དཔེ་མཚོན་ཁེ་ལས་ཀྱིས་བཟོ་གྲྭའི་ལྷག་མའི་ཚ་དྲོད་ཀྱིས་དགུན་ཁའི་ཚ་དྲོད་མཁོ་འདོན་བྱས།</p>",
        },
    }
