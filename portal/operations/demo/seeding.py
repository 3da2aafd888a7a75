"""The demonstration's data. A second run finds everything and changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import resources

from portal.authorities import queries, services
from portal.authorities.models import Person
from portal.authorities.rules import Role
from portal.content.importing import Outcome, import_documents
from portal.credentials.members import services as members
from portal.credentials.members.rules import MemberRole
from portal.operations.demo import cases, desk, documents, greens, rounds, showcases, stating
from portal.register import queries as register_queries
from portal.register import services as register
from portal.register.lists.rows import Defaults

PASSWORD = "demo green plateau"  # noqa: S105 - public on purpose; production refuses these accounts


@dataclass(frozen=True)
class Account:
    """One account of the demonstration."""

    email: str
    name: str
    authority: str
    role: Role


def _officer(code: str, place: str) -> Account:
    return Account(f"officer.{code}@portal.test", f"样本核实员（{place}）", code, Role.PREFECTURE_OFFICER)


ACCOUNTS = (
    Account("editor@portal.test", "样本编辑（厅）", "department", Role.DEPARTMENT_EDITOR),
    Account("reviewer@portal.test", "样本审核员（厅）", "department", Role.DEPARTMENT_REVIEWER),
    Account("determiner@portal.test", "样本核定员（厅）", "department", Role.DEPARTMENT_DETERMINER),
    Account("admin@portal.test", "样本管理员（厅）", "department", Role.ADMINISTRATOR),
    Account("auditor@portal.test", "样本审计员（厅）", "department", Role.AUDITOR),
    Account("editor.lhasa@portal.test", "样本编辑（拉萨）", "lhasa", Role.PREFECTURE_EDITOR),
    Account("determiner2@portal.test", "样本核定员乙（厅）", "department", Role.DEPARTMENT_DETERMINER),
    _officer("lhasa", "拉萨"),
    Account("officer2.lhasa@portal.test", "样本核实员乙（拉萨）", "lhasa", Role.PREFECTURE_OFFICER),
    _officer("shigatse", "日喀则"),
    _officer("chamdo", "昌都"),
    _officer("nyingchi", "林芝"),
    _officer("shannan", "山南"),
    _officer("nagqu", "那曲"),
    _officer("ngari", "阿里"),
    _officer("zangqing", "藏青园区"),
    Account("enterprise@portal.test", "样本企业人员（雪域建材）", "lhasa", Role.ENTERPRISE),
    Account("enterprise2@portal.test", "样本企业人员（圣湖饮用水）", "shigatse", Role.ENTERPRISE),
    Account("enterprise3@portal.test", "样本企业人员（藏青镁业）", "zangqing", Role.ENTERPRISE),
)
#: Which unit the people of enterprises speak for, by its credit code.
SPEAKS_FOR = {
    "enterprise@portal.test": "91540000MA6DEMK01J",
    "enterprise2@portal.test": "91540000MA6DEMK02M",
    "enterprise3@portal.test": "91540000MA6DEMK088",
}


def seed(say: Callable[[str], object]) -> list[tuple[str, str]]:
    """Bring everything in that is missing.

    Args:
        say: where to report the steps.

    Returns:
        Receipt numbers and secrets of the sample complaints.
    """
    services.seed_authorities()
    say("accounts …")
    people = {account.email: _account(account) for account in ACCOUNTS}

    def officer(code: str) -> Person:
        return people[f"officer.{code}@portal.test"]

    say("real lists, 2,509 rows …")
    register.import_list(_data("portal.register", "national_lists.csv"), Defaults())
    register.import_list(_data("portal.operations", "sample_units.csv"), Defaults(is_sample=True))
    for email, code in SPEAKS_FOR.items():
        unit = register_queries.unit_by_ref(code)
        if unit is not None:
            members.admit(unit, people[email], MemberRole.OWNER)
    say("sample documents …")
    for report in import_documents(documents.lines(), publish=True):
        if report.outcome is Outcome.FAILED and not _stands(report.slug):
            say(f"  {report.slug}: {report.reason}")
    say("sample round, complaints …")
    rounds.live(people["editor@portal.test"], people["reviewer@portal.test"], officer)
    receipts = cases.tell(officer, people["determiner@portal.test"])
    desk.arrange(people)
    say("what sample units show …")
    showcases.show(people)
    greens.record(people)
    stating.state(people["enterprise@portal.test"])
    return receipts


def _account(account: Account) -> Person:
    known = queries.person_by_email(account.email)
    if known is not None:
        return known
    authority = queries.authority_by_code(account.authority)
    if authority is None:
        raise LookupError(account.authority)
    return services.create_account(account.email, account.name, authority, {account.role}, PASSWORD, is_demo=True)


def _stands(slug: str) -> bool:
    """Whether a document of this slug is public already: what differs since is the day of the demonstration."""
    from portal.content.queries import by_slug

    return by_slug(slug) is not None


def _data(package: str, name: str) -> bytes:
    return resources.files(package).joinpath("data", name).read_bytes()
