"""The public page of the rules, and the two desks."""

from __future__ import annotations

import io
import re
from datetime import date

import pytest

from portal.foundation import clock
from portal.rulebook import queries, services
from portal.rulebook.places import REGION
from portal.rulebook.rules import Rule, earliest
from tests.rulebook.conftest import NOTICE, SAMPLE_2027, at, free


class TestPublicPage:
    """Anybody reads which rules are in force, which were before, and what each rests on."""

    @pytest.mark.parametrize(
        ("lang", "words"),
        [
            ("zh", ("公示期", "5个工作日", "第十三条", "6月30日", "自行作出的承诺")),
            ("bo", ("གསལ་བསྒྲགས་དུས་ཡུན", "ལས་ཉིན་5", "དོན་ཚན་13པ", "ཟླ་6ཚེས་30ཉིན")),
            ("en", ("Publicity period", "5 working days", "Article 13", "30 June")),
        ],
    )
    def test_it_says_what_holds_and_why_in_each_language(self, client, lang, words):
        page = client.get(f"/{lang}/rules")
        assert page.status_code == 200
        assert [word for word in words if word not in page.text] == []
        assert "Set-Cookie" not in page.headers

    def test_it_shows_a_confirmed_change_with_its_source_and_no_proposed_one(self, client, people):
        with at(date(2025, 3, 1)):
            made = services.propose(Rule.PUBLICITY_DAYS, 7, date(2025, 4, 1), "样本决定", by=people.editor)
            services.confirm(made.id, version=made.version, by=people.reviewer)
        services.propose(Rule.BAR_YEARS, 4, earliest(clock.today()), "未确认的样本", by=people.editor)
        page = client.get("/zh/rules").text
        row = re.search(r'id="publicity_days".*?</tr>', page, re.DOTALL).group()
        assert "7个工作日" in row
        assert "样本决定" in row
        assert "5个工作日" in row.split("<details>")[1]
        assert "未确认的样本" not in page

    def test_every_page_leads_to_it(self, client):
        assert 'href="/zh/rules"' in client.get("/zh/about").text


class TestRulebookDesk:
    """One person proposes on a page, a second confirms on another."""

    @pytest.mark.parametrize(
        ("rule", "value", "kept"),
        [
            (Rule.PUBLICITY_DAYS, "7", 7),
            (Rule.PUBLICITY_FIRST_DAY_COUNTS, "0", 0),
            (Rule.RECOMMEND_BY, "07-15", "07-15"),
            (Rule.CATEGORIES_REGIONAL, ["green_factory"], ("green_factory",)),
        ],
    )
    def test_a_change_goes_from_proposal_to_force(self, login, people, rule, value, kept):
        day = earliest(clock.today())
        editor = login(people.editor)
        assert editor.get(f"/desk/rulebook/{rule}/propose").status_code == 200
        sent = {"value": value, "holds_from": day.isoformat(), "source": "样本决定"}
        assert editor.post(f"/desk/rulebook/{rule}/propose", data=sent).status_code == 302
        (made,) = queries.proposed()
        assert "/confirm" not in editor.get("/desk/rulebook/").text
        reviewer = login(people.reviewer)
        page = reviewer.get("/desk/rulebook/").text
        assert f"/desk/rulebook/amendments/{made.id}/confirm" in page
        answer = reviewer.post(f"/desk/rulebook/amendments/{made.id}/confirm", data={"version": made.version})
        assert answer.status_code == 302
        assert queries.value(rule, day) == kept

    def test_what_is_wrong_stands_beside_its_field(self, login, people):
        sent = {"value": "0", "holds_from": clock.today().isoformat(), "source": "样本决定"}
        page = login(people.editor).post("/desk/rulebook/publicity_days/propose", data=sent)
        assert page.status_code == 200
        assert 'id="value-error"' in page.text
        assert 'id="holds_from-error"' in page.text
        assert not queries.proposed()

    def test_an_unknown_rule_is_not_found_and_others_do_not_come_in(self, login, people):
        assert login(people.editor).get("/desk/rulebook/gravity/propose").status_code == 404
        assert login(people.reviewer).get("/desk/rulebook/publicity_days/propose").status_code == 403
        for person in (people.lhasa_officer, people.auditor, people.administrator):
            browser = login(person)
            assert browser.get("/desk/rulebook/").status_code == 403
            assert browser.get("/desk/calendar/").status_code == 403


class TestCalendarDesk:
    """A month to look at; days go in after a preview that keeps nothing."""

    def test_a_month_shows_each_day_and_why_it_is_free(self, login, people):
        services.enter_days(REGION, free(date(2026, 8, 13), name="雪顿节"), NOTICE, by=people.editor)
        page = login(people.reviewer).get("/desk/calendar/?month=2026-08").text
        assert "雪顿节" in page
        assert NOTICE.source in page
        assert page.count('<time datetime="2026-08-') >= 31
        assert "/remove" not in page

    def test_a_year_nobody_knows_says_so(self, login, people):
        page = login(people.editor).get("/desk/calendar/?month=2027-03&from=2026-12-30&days=5").text
        assert page.count('class="month-unknown"') == 31
        assert "此期间的法定工作日安排尚未确定。" in page

    def test_a_count_shows_its_days(self, login, people):
        page = login(people.editor).get("/desk/calendar/?from=2024-04-03&days=2").text
        assert "清明" in page
        assert "2024-04-08" in page

    def test_a_file_is_previewed_kept_out_and_then_entered(self, login, people):
        editor = login(people.editor)
        facts = {"place": "national", "year": "2027", "source": "样本通知"}
        sent = {**facts, "file": (io.BytesIO(SAMPLE_2027.encode()), "2027.csv")}
        page = editor.post("/desk/calendar/enter", data=sent, content_type="multipart/form-data").text
        assert "预览：尚未保存" in page
        assert not queries.entered_days()
        accepted = re.search(r'name="accepted"[^>]*value="(\w{64})"', page).group(1)
        lines = re.search(r"<textarea[^>]*>(.*?)</textarea>", page, re.DOTALL).group(1).strip()
        answer = editor.post("/desk/calendar/enter", data={**facts, "days": lines, "accepted": accepted})
        assert answer.status_code == 302
        assert len(queries.entered_days()) == 30
        assert [item.year for item in queries.entered_years()] == [2027]

    def test_other_days_than_those_looked_at_get_a_preview_of_their_own(self, login, people):
        editor = login(people.editor)
        facts = {"place": "region", "source": "样本通知"}
        page = editor.post("/desk/calendar/enter", data={**facts, "days": "2026-08-13,休"}).text
        accepted = re.search(r'name="accepted"[^>]*value="(\w{64})"', page).group(1)
        for change in ({"days": "2026-08-14,休"}, {"days": "2026-08-13,休", "place": "lhasa"}):
            answer = editor.post("/desk/calendar/enter", data={**facts, "accepted": accepted, **change})
            assert answer.status_code == 200
        assert not queries.entered_days()

    def test_a_bad_row_is_named_and_nothing_is_entered(self, login, people):
        sent = {"place": "region", "source": "样本通知", "days": "2026-08-13,休\n2026-08-45,休"}
        page = login(people.editor).post("/desk/calendar/enter", data=sent).text
        assert "2026-08-45" in page
        assert "缺少日期，或者日期无效。" in page
        assert not queries.entered_days()

    def test_a_day_is_taken_back(self, login, people):
        services.enter_days(REGION, free(date(2026, 8, 13)), NOTICE, by=people.editor)
        (day,) = queries.entered_days()
        assert login(people.editor).post(f"/desk/calendar/days/{day.id}/remove").status_code == 302
        assert not queries.entered_days()
