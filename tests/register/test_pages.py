"""The register as a visitor reads it, in three languages and as files."""

from __future__ import annotations

import csv
import html
import io
import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from werkzeug.datastructures import MultiDict

from portal.foundation.database import db
from portal.register import queries, services
from portal.register.exports import harmless
from portal.register.lists.report import Outcome
from portal.register.models import Unit, UnitName
from portal.register.queries import Scope, Selection
from portal.register.queries.selection import FACETS
from portal.register.rules import Category, EntryStatus, Level
from tests.register.conftest import COUNT, csv_bytes, factory

LANGUAGES = ("zh", "bo", "en")
YULONG = "西藏玉龙铜业股份有限公司"
GOOD_CODE = "91350100M000100Y43"


def rows_of(page: str) -> list[str]:
    return re.findall(r'<th scope="row"><a href="([^"]+)">', page)


def total_of(page: str) -> int:
    found = re.search(r'<p role="status">\D*(\d+)', page)
    assert found
    return int(found[1])


class TestLists:
    @pytest.mark.parametrize("lang", LANGUAGES)
    def test_the_region_s_units_are_the_default(self, reader: FlaskClient, lang: str) -> None:
        answer = reader.get(f"/{lang}/lists/")
        assert answer.status_code == 200
        assert len(rows_of(answer.text)) == total_of(answer.text) == 9
        assert "Set-Cookie" not in answer.headers
        assert YULONG in answer.text
        assert "广州立白" not in answer.text

    @pytest.mark.parametrize("lang", ["bo", "en"])
    def test_chinese_names_say_so_in_pages_of_other_languages(self, reader: FlaskClient, lang: str) -> None:
        text = reader.get(f"/{lang}/lists/").text
        assert f'<span lang="zh-Hans-CN">{YULONG}</span>' in text
        assert f'<span lang="zh-Hans-CN">{YULONG}</span>' not in reader.get("/zh/lists/").text

    def test_everything_published_is_there_for_reference(self, reader: FlaskClient) -> None:
        text = reader.get("/en/lists/?scope=all").text
        assert total_of(text) == 2509
        assert "shown for reference" in text

    def test_pages_follow_each_other_without_loss(self, reader: FlaskClient) -> None:
        seen: list[str] = []
        for number in range(1, 4):
            seen += rows_of(reader.get(f"/en/lists/?scope=all&category=green_industrial_park&page={number}").text)
        assert len(seen) == len(set(seen)) == 90

    def test_facets_count_what_a_click_will_show(self, reader: FlaskClient) -> None:
        text = reader.get("/en/lists/?scope=all&year=2020").text
        links = re.findall(
            r'class="facet-value( chosen)?" rel="nofollow" href="([^"]+)"[^>]*>.*?facet-count">(\d+)<', text
        )
        # A second year would be an alternative to the first: its link shows both.
        others = [
            (html.unescape(url), int(count)) for chosen, url, count in links if not chosen and url.count("year=") == 1
        ]
        assert len(others) > 2 * 30
        for url, count in others[:12]:
            assert total_of(reader.get(url).text) == count, url

    def test_a_chosen_facet_leads_back(self, reader: FlaskClient) -> None:
        text = reader.get("/en/lists/?level=national").text
        assert total_of(text) == 7
        back = re.search(r'class="facet-value chosen" rel="nofollow" href="([^"]+)"', text)
        assert back
        assert total_of(reader.get(html.unescape(back[1])).text) == 9

    @pytest.mark.parametrize(
        ("query", "total"),
        [
            ("q=玉龙铜", 1),
            ("q=雪莲水泥", 1),
            ("q=藏药", 2),
            ("q=玉龙%20铜业", 1),
            ("q=abb&scope=all", 3),
            ("q=武汉钢铁集团鄂城&scope=all", 1),
            ("authority=lhasa", 4),
            ("authority=lhasa&authority=chamdo", 5),
            ("level=regional", 2),
            ("category=green_industrial_park", 1),
            ("status=removed", 0),
            ("status=active", 9),
            ("province=%E6%B2%B3%E5%8D%97&scope=all", 138),
            ("q=%25", 0),
            ("q=_&scope=all", 0),
        ],
    )
    def test_narrowing(self, reader: FlaskClient, query: str, total: int) -> None:
        answer = reader.get(f"/zh/lists/?{query}")
        assert answer.status_code == 200
        assert total_of(answer.text) == total

    def test_nothing_found_helps_further(self, reader: FlaskClient) -> None:
        text = reader.get("/en/lists/?q=广州立白").text
        assert "Nothing was found." in text
        assert "scope=all" in text

    @pytest.mark.parametrize(
        "query", ["level=world", "year=abc", "authority=atlantis", "status=pending_removal", "sort=x", "scope=moon"]
    )
    def test_a_filter_that_does_not_exist_is_left_out_with_a_notice(self, reader: FlaskClient, query: str) -> None:
        answer = reader.get(f"/en/lists/?{query}")
        assert answer.status_code == 200
        assert "do not exist and were left out: " + query.split("=", maxsplit=1)[0] in answer.text
        assert total_of(answer.text) == 9

    @pytest.mark.parametrize("page", ["0", "-1", "x", "99999999999999", "7"])
    def test_any_page_number_answers(self, reader: FlaskClient, page: str) -> None:
        assert reader.get(f"/en/lists/?page={page}").status_code == 200

    @pytest.mark.parametrize("text", ["%00", "'", '"<script>', "%F0%9F%8F%AD", "a" * 5000, "%E0%BD%A3%E0%BE%B7"])
    def test_any_text_answers(self, reader: FlaskClient, text: str) -> None:
        answer = reader.get(f"/zh/lists/?q={text}&scope=all")
        assert answer.status_code == 200
        assert "<script>" not in answer.text.split("<main")[1]

    def test_a_page_costs_few_queries(self, full: Flask, reader: FlaskClient, counted: COUNT) -> None:
        with counted() as small:
            reader.get("/zh/lists/")
        with counted() as large:
            reader.get("/zh/lists/?scope=all&year=2020&q=有限公司")
        asked = [len([one for one in seen if one.startswith("SELECT")]) for seen in (small, large)]
        assert asked[0] == asked[1] <= len(FACETS) + 5, asked

    def test_page_meta_for_a_government_site(self, reader: FlaskClient) -> None:
        text = reader.get("/zh/lists/").text
        for name in ("SiteName", "ColumnName", "ColumnType", "ColumnDescription", "ColumnKeywords"):
            assert f'<meta name="{name}" content="' in text

    def test_lists_are_a_way_in_of_every_page(self, reader: FlaskClient) -> None:
        assert 'href="/en/lists/"' in reader.get("/en/agencies/").text


class TestFiles:
    SELECTION = "level=national&year=2020&category=green_industrial_park"

    def test_a_file_has_everything_in_scope_unless_told(self, reader: FlaskClient) -> None:
        assert len(list(csv.reader(io.StringIO(reader.get("/en/lists.csv").text)))) == 2510
        assert len(list(csv.reader(io.StringIO(reader.get("/en/lists.csv?scope=region").text)))) == 10
        assert reader.get("/en/lists.json?scope=region").get_json()["total"] == 9

    def test_the_page_links_to_files_of_its_own_selection(self, reader: FlaskClient) -> None:
        text = reader.get(f"/en/lists/?{self.SELECTION}&scope=all").text
        links = [html.unescape(link) for link in re.findall(r'href="(/en/lists\.[^"]+)"', text)]
        assert len(links) == 3
        for link in links:
            answer = reader.get(link, buffered=True)
            assert answer.status_code == 200
            if ".json" in link:
                assert answer.get_json()["total"] == len(answer.get_json()["items"]) == total_of(text) == 53
        region = reader.get("/en/lists/").text
        assert "lists.csv?scope=region" in region

    def test_the_three_files_hold_the_same(self, reader: FlaskClient) -> None:
        table = list(csv.reader(io.StringIO(reader.get(f"/zh/lists.csv?{self.SELECTION}").text.removeprefix("\ufeff"))))
        answer = reader.get(f"/zh/lists.xlsx?{self.SELECTION}")
        sheet = load_workbook(io.BytesIO(answer.data)).worksheets[0]
        book = [["" if value is None else value for value in row] for row in sheet.iter_rows(values_only=True)]
        assert table == book
        items = reader.get(f"/zh/lists.json?{self.SELECTION}").get_json()["items"]
        assert [item["unit"]["name"] for item in items] == [row[0] for row in table[1:]]
        assert {item["level"] for item in items} == {"national"}

    def test_names_types_and_the_mark_of_utf8(self, reader: FlaskClient) -> None:
        answer = reader.get("/zh/lists.csv")
        assert answer.data.startswith(b"\xef\xbb\xbf")
        assert answer.content_type == "text/csv; charset=utf-8"
        assert re.search(
            r"attachment; filename=green-manufacturing-lists-\d{4}-\d\d-\d\d\.csv",
            answer.headers["Content-Disposition"],
        )

    @pytest.mark.parametrize("ending", ["csv", "xlsx", "json"])
    def test_a_wrong_filter_is_refused_in_words(self, reader: FlaskClient, ending: str) -> None:
        answer = reader.get(f"/en/lists.{ending}?level=world")
        assert answer.status_code == 400
        assert "a filter that does not exist" in answer.text

    @pytest.mark.parametrize("cell", ["=1+1", "+86", "-2", "@x", "\tx"])
    def test_no_cell_is_a_formula(self, cell: str) -> None:
        assert harmless(cell) == f"'{cell}"

    def test_no_cell_of_a_workbook_is_a_formula(self, app: Flask, client: FlaskClient) -> None:
        services.import_list(csv_bytes(factory("=拉萨甲示例有限公司")))
        sheet = load_workbook(io.BytesIO(client.get("/en/lists.xlsx").data)).worksheets[0]
        assert sheet["A2"].data_type == "s"
        assert client.get("/en/lists.csv").text.splitlines()[1].startswith("'=拉萨")

    @pytest.mark.parametrize("ending", ["csv", "xlsx"])
    @pytest.mark.parametrize("lang", ["en"])
    def test_a_file_can_be_taken_in_again(self, full: Flask, reader: FlaskClient, ending: str, lang: str) -> None:
        content = reader.get(f"/{lang}/lists.{ending}").data
        report = services.import_list(content, dry_run=True)
        assert (report.total, report.counts[Outcome.SKIPPED], report.counts[Outcome.IMPORTED]) == (2509, 0, 0)

    def test_a_file_costs_few_queries(self, full: Flask, reader: FlaskClient, counted: COUNT) -> None:
        with counted() as statements:
            assert reader.get("/en/lists.csv", buffered=True).data
        assert len(statements) < 20


class TestUnits:
    @pytest.mark.parametrize("lang", LANGUAGES)
    def test_a_unit_s_page(self, full: Flask, reader: FlaskClient, lang: str) -> None:
        (unit,) = queries.find_units(YULONG)
        answer = reader.get(f"/{lang}/units/{unit.public_id}")
        assert answer.status_code == 200
        assert YULONG in answer.text
        assert "北京联合智业认证有限公司" in answer.text
        assert "wap.miit.gov.cn" in answer.text

    def test_it_says_that_the_attribution_awaits_confirmation(self, full: Flask, reader: FlaskClient) -> None:
        (unit,) = queries.find_units(YULONG)
        text = reader.get(f"/en/units/{unit.public_id}").text
        assert "awaits confirmation" in text
        assert "Taken over from a published list" in text

    def test_a_unit_of_elsewhere_is_for_reference(self, full: Flask, reader: FlaskClient) -> None:
        (unit,) = queries.find_units("广州立白", Scope.ALL)
        text = reader.get(f"/en/units/{unit.public_id}").text
        assert "None of the region" in text
        assert "Report a problem" not in text

    @pytest.mark.parametrize("ref", ["u0", "u999999", "a1", "x", "u1x", "91350100M000100Y43", "u-1", "U٣"])
    def test_what_is_no_unit_is_not_found(self, reader: FlaskClient, ref: str) -> None:
        assert reader.get(f"/zh/units/{ref}").status_code == 404

    def test_a_credit_code_is_the_address_once_it_is_known(
        self, app: Flask, client: FlaskClient, listed: Callable[..., Unit]
    ) -> None:
        unit = listed("拉萨甲示例有限公司")
        assert client.get(f"/en/units/{unit.public_id}").status_code == 200
        unit.uscc = GOOD_CODE
        unit.names.append(UnitName(name="拉萨前示例有限公司", key="拉萨前示例有限公司"))
        db.session.commit()
        answer = client.get(f"/en/units/{unit.public_id}")
        assert answer.headers["Location"] == f"/en/units/{GOOD_CODE}"
        text = client.get(f"/en/units/{GOOD_CODE}").text
        assert GOOD_CODE in text
        assert "拉萨前示例有限公司" in text
        assert client.get(f"/en/units/{GOOD_CODE.lower()}").status_code == 302

    def test_a_recorded_tibetan_name_stands_on_the_tibetan_page_alone(
        self, app: Flask, client: FlaskClient, listed: Callable[..., Unit]
    ) -> None:
        unit = listed("拉萨甲示例有限公司")
        unit.name_bo = "ལྷ་ས་དཔེ་མཚོན"
        db.session.commit()
        assert f"<h1>{unit.name_bo}" in client.get(f"/bo/units/{unit.public_id}").text
        assert "<h1>拉萨甲示例有限公司" in client.get(f"/zh/units/{unit.public_id}").text
        assert unit.name_bo in client.get("/bo/lists/").text

    def test_a_sample_is_marked_wherever_it_stands(
        self, app: Flask, client: FlaskClient, listed: Callable[..., Unit]
    ) -> None:
        unit = listed("拉萨甲示例有限公司")
        unit.is_sample = True
        db.session.commit()
        for address in (f"/en/units/{unit.public_id}", "/en/lists/"):
            assert 'class="sample-mark"' in client.get(address).text


class TestAgencies:
    def test_the_register_of_agencies_counts_reports(self, reader: FlaskClient) -> None:
        text = reader.get("/en/agencies/").text
        assert "No agency is excluded." in text
        assert len(rows_of(text)) == 30
        assert text.index("北京联合智业认证有限公司") < text.index("中国电子技术标准化研究院")

    def test_an_agency_s_page_shows_what_it_evaluated(self, full: Flask, reader: FlaskClient) -> None:
        (agency,) = queries.find_agencies("北京联合智业认证有限公司")
        text = reader.get(f"/zh/agencies/{agency.public_id}").text
        assert YULONG in text
        assert reader.get("/zh/agencies/a99999").status_code == 404
        assert reader.get("/zh/agencies/u1").status_code == 404

    def test_two_writings_of_one_evaluator_are_one_agency(self, full: Flask) -> None:
        assert len(queries.find_agencies("国润创投")) == 1
        assert len(queries.find_agencies("国网（北京）节能设计研究院")) == 1
        assert queries.find_agencies("国润投创") == []


class TestForOthers:
    def test_the_numbers_of_the_home_page(self, full: Flask) -> None:
        found = queries.numbers()
        assert (found.units, found.entries, found.all_entries) == (9, 9, 2509)
        assert found.by_level == {Level.NATIONAL: 7, Level.REGIONAL: 2, Level.PREFECTURAL: 0}
        assert found.by_category == {Category.FACTORY: 8, Category.PARK: 1, Category.SUPPLY_CHAIN: 0}
        assert found.by_authority == {"lhasa": 4, "nyingchi": 2, "chamdo": 1, "shannan": 1, "shigatse": 1}

    def test_respondents_are_units_of_the_region_and_agencies(self, full: Flask) -> None:
        assert len(queries.respondent_choices()) == 9
        found = queries.respondent_choices("联合智业")
        assert [public_id[0] for public_id, _name in found] == ["a"]
        assert queries.respondent_choices("广州立白") == []

    def test_the_pages_of_the_api_hold_everything_once(self, full: Flask) -> None:
        seen = [unit.id for number in range(1, 14) for unit in queries.units_page(number, 200).items]
        assert len(seen) == len(set(seen)) == 2412
        assert queries.units_page(1, 200).total == 2412

    def test_a_selection_survives_its_address(self, full: Flask) -> None:
        chosen = Selection(
            scope=Scope.ALL,
            level=(Level.NATIONAL,),
            year=(2019, 2020),
            province=("西藏",),
            status=(EntryStatus.ACTIVE,),
            q="铜",
        )
        args: MultiDict[str, str] = MultiDict(chosen.args())
        assert queries.parse(args, default_scope=Scope.REGION) == chosen

    def test_a_unit_is_asked_for_by_id_or_code(self, full: Flask) -> None:
        (unit,) = queries.find_units(YULONG)
        assert queries.unit_by_ref(unit.public_id) is unit
        assert queries.unit_by_ref("") is None
        assert queries.agency_by_ref(unit.public_id) is None
