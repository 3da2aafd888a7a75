"""What a unit shows of itself: written by its people, reviewed by its authority, replaced and never changed."""

from __future__ import annotations

import io
from datetime import date, timedelta
from decimal import Decimal

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from portal.authorities.rules import Permission, Role, permissions
from portal.authorities.services import SYSTEM, create_account
from portal.credentials.members.models import UnitMember
from portal.credentials.members.rules import MemberRole, NotAMember
from portal.credentials.profile import files, queries, rules, services, telling
from portal.credentials.profile.models import UnitProfile
from portal.credentials.profile.rules import FileKind, Measure, ProfileState, StatedFigure, Texts
from portal.foundation import clock
from portal.foundation.audit import AuditRecord
from portal.foundation.database import db, transaction
from portal.foundation.errors import Invalid, NotFound, NotPermitted, Stale
from portal.foundation.languages import Localized
from portal.foundation.outbox import OutboxMessage
from portal.operations import keeping
from portal.register import ledger
from portal.register.rules import EventKind
from portal.search import apply_pending
from portal.search.queue import index_of
from portal.vault import current_vault
from tests.conftest import PASSWORD

TEXTS = Texts(
    title=Localized(zh="样本：余热回收示范", bo="དཔེ་མཚོན། ཚ་དྲོད་སླར་བེད།"),
    technologies=Localized(zh="样本：窑头余热发电。"),
    practices=Localized(zh="样本：雨水收集。"),
)


def photo():
    """A photo that says where it was taken."""
    file = io.BytesIO()
    details = Image.Exif()
    details[0x010F] = "HiddenCamera"
    Image.new("RGB", (3000, 2000), "#336655").save(file, "JPEG", exif=details)
    return "名字.jpg", io.BytesIO(file.getvalue())


def report():
    """A PDF that says who wrote it."""
    file = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.docinfo["/Author"] = "Hidden Author"
        pdf.save(file)
    return "绿色发展报告.pdf", io.BytesIO(file.getvalue())


def energy(year, value="1250.5"):
    return StatedFigure(Measure.ENERGY, year, value, "样本：能源统计台账")


def kept(file):
    with current_vault().store.open(file.store_key) as stream:
        return stream.read()


@pytest.fixture
def owner(unit, people, monkeypatch, password_hash):
    """Somebody who speaks for the unit."""
    monkeypatch.setattr("portal.authorities.services.hash_password", lambda _password: password_hash)
    with transaction():
        person = create_account("owner@example.org", "样本代表", unit.authority, {Role.ENTERPRISE}, PASSWORD)
        db.session.add(UnitMember(unit_id=unit.id, person_id=person.id, role=MemberRole.OWNER))
    return person


@pytest.fixture
def draft(unit, owner):
    services.start(unit, by=owner)
    return services.write(unit, TEXTS, seen=queries.open_version(unit.id).version, by=owner)


@pytest.fixture
def public(unit, owner, draft, people):
    services.add_figure(unit, energy(2024), by=owner)
    submitted = services.submit(unit, seen=draft.version, by=owner)
    return services.publish(submitted.id, seen=submitted.version, by=people.lhasa_officer)


def test_nothing_is_shown_before_the_authority_has_published_it(client, unit, owner, draft, people):
    services.submit(unit, seen=draft.version, by=owner)
    address = f"/zh/units/{unit.ref}"
    assert "余热回收" not in client.get(address).text
    services.publish(draft.id, seen=draft.version, by=people.lhasa_officer)
    assert "余热回收" in client.get(address).text
    assert "余热回收" in client.get("/zh/showcase/").text


def test_what_is_public_stays_while_a_new_version_is_written_reviewed_and_returned(client, unit, owner, public, people):
    address = f"/zh/units/{unit.ref}"
    made = services.start(unit, by=owner)
    assert made.texts == TEXTS
    assert [figure.value for figure in made.figures] == ["1250.5"]
    services.write(
        unit, Texts(title=Localized(zh="样本：新版本"), practices=Localized(zh="新")), seen=made.version, by=owner
    )
    services.submit(unit, seen=made.version, by=owner)
    with pytest.raises(Invalid):
        services.send_back(made.id, "  ", seen=made.version, by=people.lhasa_officer)
    services.send_back(made.id, "样本：请补充数据来源。", seen=made.version, by=people.lhasa_officer)
    shown = client.get(address).text
    assert "余热回收" in shown
    assert "新版本" not in shown
    again = queries.open_version(unit.id)
    assert (again.state, again.reason) == (ProfileState.RETURNED, "样本：请补充数据来源。")
    services.submit(unit, seen=again.version, by=owner)
    services.publish(again.id, seen=again.version, by=people.lhasa_officer)
    shown = client.get(address).text
    assert "新版本" in shown
    assert "余热回收" not in shown
    assert db.session.get(UnitProfile, public.id).state is ProfileState.SUPERSEDED


def test_nobody_of_the_enterprise_can_publish(unit, owner, draft, people):
    assert permissions(frozenset({Role.ENTERPRISE})) == frozenset()
    services.submit(unit, seen=draft.version, by=owner)
    with pytest.raises((NotPermitted, NotFound)):
        services.publish(draft.id, seen=draft.version, by=owner)
    # Nor an officer who belongs to the enterprise, however that came about.
    with transaction():
        db.session.add(UnitMember(unit_id=unit.id, person_id=people.lhasa_officer.id, role=MemberRole.MEMBER))
    with pytest.raises(NotPermitted):
        services.publish(draft.id, seen=draft.version, by=people.lhasa_officer)
    assert queries.published_version(unit.id) is None


def test_only_the_units_own_authority_and_the_department_decide(unit, owner, draft, people):
    with pytest.raises(NotFound):
        queries.profile(draft.id, people.lhasa_officer)
    services.submit(unit, seen=draft.version, by=owner)
    assert [queries.waiting(person) for person in (people.lhasa_officer, people.shigatse_officer)] == [1, 0]
    with pytest.raises(NotFound):
        services.publish(draft.id, seen=draft.version, by=people.shigatse_officer)
    with pytest.raises(NotPermitted):
        services.publish(draft.id, seen=draft.version, by=people.auditor)
    assert Permission.CONFIRM_UNITS in permissions(people.editor.role_set)
    assert services.publish(draft.id, seen=draft.version, by=people.editor).state is ProfileState.PUBLISHED


def test_nobody_decides_on_what_they_have_not_seen(unit, owner, draft, people):
    seen = services.submit(unit, seen=draft.version, by=owner).version
    services.take_back(unit, by=owner)
    with pytest.raises(NotFound):
        services.publish(draft.id, seen=seen, by=people.lhasa_officer)
    services.add_figure(unit, energy(2024), by=owner)
    services.submit(unit, seen=draft.version, by=owner)
    with pytest.raises(Stale):
        services.publish(draft.id, seen=seen, by=people.lhasa_officer)


def test_what_lies_with_the_authority_is_not_changed(unit, owner, draft, people):
    services.submit(unit, seen=draft.version, by=owner)
    for act in (
        lambda: services.write(unit, TEXTS, seen=draft.version, by=owner),
        lambda: services.add_figure(unit, energy(2024), by=owner),
        lambda: services.add_file(unit, FileKind.PICTURE, photo(), Localized(zh="样本"), None, by=owner),
    ):
        with pytest.raises(services.NotNow):
            act()


def test_strangers_and_other_enterprises_write_nothing(unit, owner, draft, people):
    for person in (people.lhasa_officer, people.editor):
        with pytest.raises(NotAMember):
            services.write(unit, TEXTS, seen=draft.version, by=person)
        with pytest.raises(NotAMember):
            services.start(unit, by=person)


def test_two_colleagues_do_not_overwrite_each_other(unit, owner, draft):
    seen = draft.version
    services.write(unit, TEXTS, seen=seen, by=owner)
    with pytest.raises(Stale):
        services.write(unit, Texts(title=Localized(zh="别的")), seen=seen, by=owner)


def test_an_empty_profile_is_not_reviewed(unit, owner):
    made = services.start(unit, by=owner)
    with pytest.raises(Invalid):
        services.submit(unit, seen=made.version, by=owner)


def test_pictures_are_drawn_anew_and_bounded(unit, owner, draft):
    made = services.add_file(unit, FileKind.PICTURE, photo(), Localized(zh="样本：厂房"), None, by=owner)
    with Image.open(io.BytesIO(kept(made))) as image:
        assert (image.format, image.size, dict(image.getexif())) == ("WEBP", (made.width, made.height), {})
        assert image.width <= 1800
    assert b"HiddenCamera" not in kept(made)
    assert "名字" not in made.name


def test_reports_lose_their_hidden_details(unit, owner, draft):
    made = services.add_file(unit, FileKind.REPORT, report(), Localized(zh="样本报告"), 2024, by=owner)
    assert made.name == "绿色发展报告.pdf"
    with pikepdf.open(io.BytesIO(kept(made))) as pdf:
        assert "/Author" not in pdf.docinfo
        assert len(pdf.pages) == 1


@pytest.mark.parametrize(
    ("kind", "name", "content"),
    [
        (FileKind.PICTURE, "x.jpg", b""),
        (FileKind.PICTURE, "x.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>"),
        (FileKind.PICTURE, "x.jpg", b"\xff\xd8\xff" + bytes(400)),
        (FileKind.REPORT, "x.pdf", b"PK\x03\x04" + bytes(100)),
        (FileKind.REPORT, "x.pdf", b"%PDF-1.4 broken"),
    ],
)
def test_other_files_are_refused_and_nothing_is_kept(unit, owner, draft, kind, name, content):
    before = list(current_vault().store.keys("showcase"))
    with pytest.raises(Invalid):
        services.add_file(unit, kind, (name, io.BytesIO(content)), Localized(zh="样本"), 2024, by=owner)
    assert list(current_vault().store.keys("showcase")) == before
    assert draft.files == []


def test_a_file_goes_when_no_version_has_it_any_more(unit, owner, draft, people):
    made = services.add_file(unit, FileKind.PICTURE, photo(), Localized(zh="样本"), None, by=owner)
    key = made.store_key
    services.submit(unit, seen=draft.version, by=owner)
    services.publish(draft.id, seen=draft.version, by=people.lhasa_officer)
    second = services.start(unit, by=owner)
    assert [item.store_key for item in second.files] == [key]
    services.drop_file(unit, second.files[0].id, by=owner)
    assert current_vault().store.exists(key)
    third = services.add_file(unit, FileKind.PICTURE, photo(), Localized(zh="样本"), None, by=owner)
    services.drop_file(unit, third.id, by=owner)
    assert not current_vault().store.exists(third.store_key)


def test_only_files_of_what_is_published_are_public(client, unit, owner, draft, people):
    made = services.add_file(unit, FileKind.PICTURE, photo(), Localized(zh="样本"), None, by=owner)
    address = f"/zh/showcase/files/{made.id}/{made.name}"
    assert client.get(address).status_code == 404
    services.submit(unit, seen=draft.version, by=owner)
    assert client.get(address).status_code == 404
    services.publish(draft.id, seen=draft.version, by=people.lhasa_officer)
    answer = client.get(address)
    assert (answer.status_code, answer.mimetype) == (200, "image/webp")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert client.get(address + "x").status_code == 404
    services.withdraw(draft.id, "样本：画面不清。", seen=draft.version, by=people.lhasa_officer)
    assert client.get(address).status_code == 404
    assert "余热回收" not in client.get(f"/zh/units/{unit.ref}").text


def test_a_thin_line_gets_a_smaller_picture(client, unit, owner, draft, people):
    noise = io.BytesIO()
    Image.effect_noise((1600, 1200), 80).convert("RGB").save(noise, "JPEG")
    file = ("样本.jpg", io.BytesIO(noise.getvalue()))
    made = services.add_file(unit, FileKind.PICTURE, file, Localized(zh="样本"), None, by=owner)
    services.submit(unit, seen=draft.version, by=owner)
    small = f"/zh/showcase/files/{made.id}/small.webp"
    assert client.get(small).status_code == 404
    services.publish(draft.id, seen=draft.version, by=people.lhasa_officer)
    for page in (f"/zh/units/{unit.ref}", "/zh/showcase/"):
        assert f'src="{small}"' in client.get(page).text
    first = client.get(small)
    assert Image.open(io.BytesIO(first.data)).size == (640, 480)
    assert len(first.data) == int(first.headers["Content-Length"]) < made.size / 3
    # Drawn once and kept beside the picture, as long as that is kept.
    with clock.at(clock.now() + timedelta(days=2)):
        keeping.sweep_files()
    beside = f"smaller/{made.store_key.rpartition('/')[2]}"
    assert current_vault().store.exists(beside)
    assert client.get(small).data == first.data
    files.forget(made.store_key)
    assert not current_vault().store.exists(beside)
    assert client.get(small).status_code == 404


def test_figures_are_a_trend_with_value_unit_year_and_source(client, unit, owner, draft, people):
    for year, value in ((2022, "1,400"), (2024, "1250.5")):
        services.add_figure(unit, energy(year, value), by=owner)
    services.add_figure(
        unit, StatedFigure(Measure.OTHER, 2024, "12", "样本台账", "t", Localized(zh="样本：回收纸")), by=owner
    )
    energy_series, other = queries.series_of(draft)
    assert [(figure.year, figure.words) for figure in energy_series.figures] == [(2022, "1,400"), (2024, "1,250.5")]
    assert [column.label for column in energy_series.chart.columns] == ["2022", "2023", "2024"]
    assert other.chart is None
    services.submit(unit, seen=draft.version, by=owner)
    services.publish(draft.id, seen=draft.version, by=people.lhasa_officer)
    shown = client.get(f"/zh/units/{unit.ref}").text
    for words in ("1,250.5", "tce", "能源统计台账", "<svg", "样本：回收纸"):
        assert words in shown


def test_a_year_has_one_figure_of_a_kind(unit, owner, draft):
    services.add_figure(unit, energy(2024), by=owner)
    with pytest.raises(Invalid) as refused:
        services.add_figure(unit, energy(2024, "1"), by=owner)
    assert set(refused.value.fields) == {"year"}


@pytest.mark.parametrize(
    ("figure", "field"),
    [
        (energy(1999), "year"),
        (energy(3000), "year"),
        (energy(2024, "-1"), "value"),
        (energy(2024, "NaN"), "value"),
        (energy(2024, "1e30"), "value"),
        (energy(2024, "0.00001"), "value"),
        (energy(2024, "viel"), "value"),
        (StatedFigure(Measure.RENEWABLE, 2024, "100.1", "样本"), "value"),
        (StatedFigure(Measure.ENERGY, 2024, "1", " "), "source"),
        (StatedFigure(Measure.OTHER, 2024, "1", "样本", "t"), "name_zh"),
        (StatedFigure(Measure.OTHER, 2024, "1", "样本", "", Localized(zh="样本")), "unit"),
    ],
)
def test_what_is_no_plausible_figure_is_not_taken(figure, field):
    with pytest.raises(Invalid) as refused:
        rules.checked(figure, this_year=2026)
    assert set(refused.value.fields) == {field}


@given(st.decimals(0, 10**12, places=4, allow_nan=False, allow_infinity=False))
def test_a_number_is_kept_as_it_was_stated(value):
    assert rules.number(f"{value:,f}") == value
    assert Decimal(rules.checked(energy(2024, str(value)), this_year=2026).value) == value


@given(st.text(max_size=30))
def test_no_text_breaks_the_reading_of_numbers(text):
    found = rules.number(text)
    assert found is None or found >= 0


def test_a_unit_is_found_by_what_it_shows(app, unit, owner, public, people):
    def found():
        apply_pending(app, wait=10)
        return [hit.key for hit in index_of(app).search("雨水收集").hits]

    assert f"unit:{unit.public_id}" in found()
    services.withdraw(public.id, "样本", seen=public.version, by=people.lhasa_officer)
    assert found() == []


def test_the_showcase_of_a_unit_that_left_the_lists_says_so(client, unit, public, code):
    assert "已不在" not in client.get(f"/zh/units/{unit.ref}").text
    with transaction():
        ledger.record(
            EventKind.REMOVED,
            entry=unit.entries[0],
            effective_on=date(2026, 3, 2),
            by_actor=SYSTEM,
            data={"ground": "violation"},
        )
    shown = client.get(f"/zh/units/{unit.ref}").text
    assert "余热回收" in shown
    assert "该单位现不在任何名单上" in shown


def test_the_people_of_the_unit_are_told_and_the_log_knows_no_words(unit, owner, draft, people):
    services.submit(unit, seen=draft.version, by=owner)
    services.send_back(draft.id, "样本：请补充。", seen=draft.version, by=people.lhasa_officer)
    message = db.session.query(OutboxMessage).filter_by(kind=services.DECIDED).one()
    (delivery,) = telling._decided(message)
    assert delivery.to == "owner@example.org"
    assert "样本：请补充。" in delivery.body
    assert f"/my/{unit.public_id}/profile" in delivery.body
    logged = str([record.data for record in db.session.query(AuditRecord)])
    assert "样本" not in logged
