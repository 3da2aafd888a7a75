"""Complaints of the demonstration: one in every state, filed by fictional persons against sample units."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from portal.authorities.models import Person
from portal.complaints import services
from portal.complaints.models import Case
from portal.complaints.rectification import services as rectification
from portal.complaints.rectification.queries import running_order
from portal.complaints.respondents import respondent_of
from portal.complaints.rules import CaseAct, Finding, ProblemKind, RefusalGround
from portal.filings.rules import Channel
from portal.filings.sealing import Identity
from portal.filings.taking import Content, Taken
from portal.foundation import clock
from portal.foundation.database import db
from portal.foundation.errors import DomainError
from portal.foundation.identifiers import IdType
from portal.foundation.languages import Language
from portal.operations.demo import material
from portal.register.rules import ExclusionGround, RemovalGround

EVIDENCE = "样本证据：本文件仅用于演示，内容为虚构。\n".encode()
#: The story to which pictures are added, so that there is something to look at.
WITH_PICTURES = 0
Step = tuple[CaseAct, Mapping[str, object]]
ACCEPT: Step = (CaseAct.ACCEPT, {"allegations": ("举报所述数据或材料不实（样本）",)})
VERIFY: Step = (CaseAct.VERIFY, {"note": "到现场核对了电表与台账（样本）。"})
REPORT: Step = (CaseAct.REPORT, {"note": "核实报告：部分数据与凭证不一致（样本）。", "finding": Finding.SUBSTANTIATED})
CHECK: Step = (
    CaseAct.RECORD_ON_SITE,
    {"note": "现场台账与所报情况不一致（样本）。", "place": "样本厂区", "participants": "样本检查员两名"},
)
EXTEND: Step = (CaseAct.EXTEND, {"note": "须等待第三方检测结果（样本）。"})
CLEARED: Step = (CaseAct.REPORT, {"note": "核实报告：数据与凭证一致（样本）。", "finding": Finding.NOT_SUBSTANTIATED})


@dataclass(frozen=True)
class Story:
    """One case: about whom, how long ago, and what was done."""

    respondent: str
    kind: ProblemKind
    days_ago: int
    statement: str
    steps: tuple[Step, ...] = ()
    evaluated: str = ""
    language: Language = Language.ZH
    #: What did not come online was entered at the counter of Lhasa, wherever it belongs.
    channel: Channel = Channel.ONLINE


STORIES = (
    Story(
        "样本雪域绿色建材有限公司",
        ProblemKind.FALSE_DATA,
        1,
        "样本举报：该单位公布的单位产品能耗与实际电费单不一致，本人保存了电费单照片。",
    ),
    Story(
        "样本圣湖饮用水有限公司",
        ProblemKind.POLLUTION,
        6,
        "དཔེ་མཚོན་ཞུ་གཏུག བཟོ་གྲྭའི་བཙོག་ཆུ་གཙང་པོར་བཏང་འདུག ཉེ་འགྲམ་གྱི་སྡོད་དམངས་ཀྱིས་མཐོང་ཞིང་འདྲ་པར་བརྒྱབ་ཡོད།",
        ((CaseAct.REQUEST_SUPPLEMENT, {"note": "请补充照片拍摄的时间和地点（样本）。"}),),
        language=Language.BO,
    ),
    Story(
        "样本林芝藏药有限公司",
        ProblemKind.OTHER,
        20,
        "样本举报：该单位产品在商店的价格过高，希望有关部门管一管价格问题。",
        (
            (
                CaseAct.REFUSE,
                {
                    "note": "所反映的是价格问题，请向市场监督管理部门反映（样本）。",
                    "refusal_ground": RefusalGround.NOT_WITHIN_SCOPE,
                },
            ),
        ),
    ),
    Story(
        "样本那曲牦牛乳业有限公司",
        ProblemKind.QUALITY_ACCIDENT,
        9,
        "样本举报：该单位一批次产品抽检不合格后未按要求召回，附检测通知照片。",
        (ACCEPT,),
    ),
    Story(
        "样本三江矿业有限公司",
        ProblemKind.SAFETY_ACCIDENT,
        45,
        "样本举报：该单位去年发生过一起安全事故，申报材料中没有说明。",
        (ACCEPT, CHECK, EXTEND),
    ),
    Story(
        "样本雅江新能源有限公司",
        ProblemKind.FALSE_MATERIAL,
        30,
        "样本举报：申报材料中的供应商名录与实际采购合同不符，附合同首页。",
        (ACCEPT, VERIFY, REPORT),
    ),
    Story(
        "样本藏青镁业有限公司",
        ProblemKind.FALSE_DATA,
        50,
        "样本举报：该单位的废水回用率数据与在线监测公开数据相差较大，附截图。",
        (
            ACCEPT,
            VERIFY,
            REPORT,
            (
                CaseAct.ORDER_RECTIFICATION,
                {
                    "note": "经核定举报部分属实，已责令限期整改（样本）。",
                    "measures": "请更正废水回用率数据，并提交更正说明和在线监测记录（样本）。",
                    "rectify_in": 60,
                },
            ),
            (CaseAct.ANSWER_RECTIFICATION, {"note": "数据已更正，在线监测记录可随时调阅（样本）。"}),
        ),
    ),
    Story(
        "样本阿里硼业有限公司",
        ProblemKind.NOT_IN_OPERATION,
        60,
        "样本举报：该单位已连续停产一年以上，厂门长期关闭，附不同月份照片。",
        (
            ACCEPT,
            VERIFY,
            REPORT,
            (
                CaseAct.REMOVE,
                {"note": "经核定举报属实，移出名单（样本）。", "removal_ground": RemovalGround.NOT_IN_OPERATION},
            ),
        ),
    ),
    Story(
        "样本外省绿色评价有限公司",
        ProblemKind.AGENCY_MISCONDUCT,
        70,
        "样本举报：该机构出具的评价报告照抄另一家单位的数据，附两份报告的对比页。",
        (
            ACCEPT,
            VERIFY,
            REPORT,
            (
                CaseAct.EXCLUDE,
                {
                    "note": "经核定举报属实，依第二十二条处理（样本）。",
                    "exclusion_ground": ExclusionGround.FALSIFICATION,
                },
            ),
        ),
        evaluated="样本三江矿业有限公司",
    ),
    Story(
        "样本高原绿色工业园区",
        ProblemKind.FALSE_DATA,
        65,
        "样本举报：园区公布的绿色工厂数量与名单不一致，请予核实，附网页截图。",
        (
            ACCEPT,
            VERIFY,
            CLEARED,
            (CaseAct.FIND_UNSUBSTANTIATED, {"note": "经核定，举报内容与事实不符（样本）。"}),
            (CaseAct.CLOSE, {"note": "核定结果已告知，谢谢您的监督（样本）。"}),
        ),
    ),
    Story(
        "名单里找不到的样本单位", ProblemKind.OTHER, 2, "样本举报：这家单位自称列入绿色制造名单，但在名单里没有找到它。"
    ),
    # Numbered by its place: a demonstration that stands already finds its cases again.
    Story(
        "样本雅江新能源有限公司",
        ProblemKind.FALSE_MATERIAL,
        26,
        "དཔེ་མཚོན་ཞུ་གཏུག སྙན་ཞུའི་ཡིག་ཆའི་ནང་གི་མཁོ་སྤྲོད་མཁན་གྱི་མིང་ཐོ་དང་གན་རྒྱ་མི་མཐུན། གན་རྒྱའི་པར་ཟུར་དུ་སྦྱར་ཡོད།",
        (ACCEPT, VERIFY, REPORT),
        language=Language.BO,
    ),
    Story(
        "样本圣湖饮用水有限公司",
        ProblemKind.FALSE_DATA,
        18,
        "样本举报：该单位公布的取水量与水表读数不一致，本人有水表照片。",
        (
            (
                CaseAct.REFUSE,
                {"note": "未见可供核实的材料（样本）。", "refusal_ground": RefusalGround.NO_EVIDENCE},
            ),
            (CaseAct.REQUEST_REVIEW, {"note": "水表照片已随举报提交，请复核（样本）。"}),
        ),
    ),
    Story(
        "样本那曲牦牛乳业有限公司",
        ProblemKind.FALSE_MATERIAL,
        66,
        "样本举报：该单位申报材料中的检测报告编号查询不到，附查询页面截图。",
        (
            ACCEPT,
            VERIFY,
            CLEARED,
            (CaseAct.FIND_UNSUBSTANTIATED, {"note": "经核定，检测报告真实有效（样本）。"}),
            (CaseAct.CLOSE, {"note": "核定结果已告知（样本）。"}),
            (CaseAct.REQUEST_REVIEW, {"note": "报告编号仍查询不到，请复核（样本）。"}),
        ),
    ),
    Story(
        "样本雪域绿色建材有限公司",
        ProblemKind.NOT_IN_OPERATION,
        2,
        "样本举报（来信录入）：该单位厂区大门已关闭数月，信中附有照片两张。",
        channel=Channel.LETTER,
    ),
)


def tell(officer: Callable[[str], Person], determiner: Person) -> list[tuple[str, str]]:
    """File the cases and do what was done with them; those that stand already are left alone.

    Returns:
        Receipt number and secret of each.
    """
    return [_tell(number, story, officer, determiner) for number, story in enumerate(STORIES)]


def _file(number: int, story: Story, officer: Callable[[str], Person]) -> Taken[Case]:
    filing, token = _filing(number, story), _token(number)
    if story.channel is Channel.ONLINE:
        return services.file_complaint(filing, token)
    return services.file_at_counter(filing, token, channel=story.channel, by=officer("lhasa"))


def _tell(number: int, story: Story, officer: Callable[[str], Person], determiner: Person) -> tuple[str, str]:
    start = clock.now() - timedelta(days=story.days_ago)
    with clock.at(_working_hour(start)):
        filed = _file(number, story, officer)
    case = filed.filing
    if len(case.events) == 1 and number == WITH_PICTURES:
        with clock.at(_working_hour(start) + timedelta(hours=1)):
            services.add_reply(case.id, "补充电表照片和电费单扫描件（样本）。", material.files())
        return case.receipt, filed.secret
    if len(case.events) > 1 or not story.steps:
        return case.receipt, filed.secret
    for step, (act, facts) in enumerate(story.steps, 1):
        moment = start + (clock.now() - start) * step / (len(story.steps) + 1)
        person = officer(case.authority.code) if act in _OFFICERS else determiner
        with clock.at(_working_hour(moment)):
            _act(case, act, facts, person)
    return case.receipt, filed.secret


_OFFICERS = frozenset(
    {
        CaseAct.ACCEPT,
        CaseAct.REFUSE,
        CaseAct.REQUEST_SUPPLEMENT,
        CaseAct.VERIFY,
        CaseAct.RECORD_ON_SITE,
        CaseAct.EXTEND,
        CaseAct.REPORT,
    }
)


def _act(case: Case, act: CaseAct, facts: Mapping[str, object], person: Person) -> None:
    given = dict(facts)
    if "rectify_in" in given:
        # Counted from the demonstration's own day, so that the date lies ahead.
        given["rectify_by"] = clock.today() + timedelta(days=int(str(given.pop("rectify_in"))))
    db.session.refresh(case)
    note = str(given.get("note", ""))
    if act is CaseAct.REQUEST_REVIEW:
        services.request_review(case.id, note)
        return
    if act is CaseAct.ANSWER_RECTIFICATION:
        order = running_order(case)
        if order is not None:
            rectification.answer(order.id, note, [])
        return
    if act is CaseAct.RECORD_ON_SITE:
        given["visited_on"] = clock.today()
    services.act(case.id, act, services.Instruction(version=case.version, **given), by=person)  # type: ignore[arg-type]


def _filing(number: int, story: Story) -> services.Filing:
    evaluated = respondent_of("", story.evaluated) if story.evaluated else None
    found = respondent_of("", story.respondent)
    if found is None:
        raise DomainError
    if evaluated is not None and evaluated.unit is not None and found.agency is not None:
        found = respondent_of(found.agency.public_id, evaluated=evaluated.unit.public_id) or found
    identity = Identity(
        name=f"样本举报人{number + 1}",
        id_type=IdType.RESIDENT_ID,
        id_number="11010519491231002X",
        email="sample@portal.test",
    )
    content = Content(
        statement=story.statement,
        identity=identity,
        language=story.language,
        is_sample=True,
        # So that the demonstration's outbox has something to deliver.
        notify=True,
        files=[("样本证据.txt", io.BytesIO(EVIDENCE))],
    )
    return services.Filing(found, story.kind, content)


def _token(number: int) -> str:
    """A token that is the same at every start, so that a second start finds the case again."""
    return services.signed_token(f"demonstration {number}")


def _working_hour(moment: datetime) -> datetime:
    """The same day at ten in the morning, unless that is still to come."""
    morning = datetime.combine(clock.local_day(moment), time(10), clock.ZONE)
    return min(morning, clock.now())
