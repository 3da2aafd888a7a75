"""Judged queries against the real names: what a person means stands first."""

from __future__ import annotations

import pytest

from portal.search.protocol import Filters, Sort
from portal.search.whoosh_engine import WhooshIndex

#: Each query with the part of the name that any right answer has.
CHINESE = {
    # Parts of names and brands.
    "玉龙铜": "西藏玉龙铜业",
    "雪莲水泥": "雪莲水泥",
    "奔驰": "北京奔驰",
    "易贡珠峰": "易贡珠峰",
    "诺迪康": "诺迪康",
    "燕京啤酒": "燕京啤酒",
    "百威哈尔滨": "百威哈尔滨",
    "以岭药业": "以岭药业",
    "九牧": "九牧",
    "三棵树": "三棵树",
    "博世力士乐": "博世力士乐",
    "宝武集团鄂城": "鄂城钢铁",
    "临涣焦化": "临涣焦化",
    "侯马": "侯马",
    "石药恩必普": "恩必普",
    "沃尔沃 发动机": "沃尔沃汽车发动机",
    "特变电工衡阳": "特变电工衡阳",
    "哈密高新": "哈密高新",
    "梅花生物": "梅花生物",
    "西藏 水泥": "西藏",
    "拉萨经开区": "拉萨经济技术开发区",
    "西藏印刷厂": "西藏新华印刷厂",
    # Former names in brackets.
    "原贵糖": "粤桂广业",
    "长安标致雪铁龙": "宝能汽车",
    "武汉钢铁集团鄂城": "鄂城钢铁",
    # Other writings.
    "ABB": "ABB",
    "ａｂｂ 低压": "ABB 低压",
    "玉龍銅業": "玉龙铜业",
    "北京奔馳汽車": "北京奔驰",
    "華新水泥(西藏)": "华新水泥（西藏）",
    # One wrong character.
    "北京奔弛汽车": "北京奔驰",
    "奔弛": "奔驰",
    "玉龙同业": "玉龙铜业",
    "雪连水泥": "雪莲水泥",
    "奇正臧药": "奇正藏药",
    "燕京脾酒": "燕京啤酒",
    "三颗树涂料": "三棵树",
    # Pinyin and initials.
    "yulongtong": "玉龙铜",
    "benchi": "奔驰",
    "xuelian shuini": "雪莲水泥",
    "ylty": "玉龙铜业",
    "qzzy": "奇正藏药",
    "sankeshu": "三棵树",
}
TIBETAN = {
    "ལྷ་ས": "agency:拉萨市",
    "ལྷ་སའི": "agency:拉萨市",
    "ལྷ༌ས་གྲོང་ཁྱེར": "agency:拉萨市",
    "གཞིས་རྩེ": "agency:日喀则市",
    "གཞིས་ཀ་རྩེའི": "agency:日喀则市",
    "མངའ་རིས": "agency:阿里地区",
    "ཆབ་མདོ་དཔལ་འབྱོར": "agency:昌都市",
    "ནག་ཆུ་ཅུས": "agency:那曲市",
    "ལྗང་མདོག་བཟོ་གྲྭ": "document:factories",
    "༢༠༢༤ལོའི་མིང་ཐོ": "document:factories",
    "བཟོ་ལས་གླིང་ཁུལ": "document:parks",
    "ཚད་གཞི": "document:standard",
    "ཞུ་གཏུག": "document:complaint",
    "མང་ཚོཊ": "document:complaint",
    "ཞུ་གཏུག་བྱེད་པ": "document:complaint",
    "ཁོར་ཡུག་སྲུང་སྐྱོབ": "document:energy",
    "སྐས་རིམ་གསོ་སྐྱོང": "document:training",
    "རྟོག་ཞིབ": "document:visit",
    "འགོ་ཁྲིད": "document:visit",
}


def reciprocal_rank(found: list[bool]) -> float:
    return next((1 / place for place, is_right in enumerate(found, 1) if is_right), 0.0)


def test_chinese_queries_find_the_unit_that_was_meant(listed: WhooshIndex, names: dict[str, str]) -> None:
    ranks = {}
    for query, part in CHINESE.items():
        hits = listed.search(query, per_page=10).hits
        ranks[query] = reciprocal_rank([part in names.get(hit.key, "") for hit in hits])
    assert sum(ranks.values()) / len(ranks) >= 0.95, {query: rank for query, rank in ranks.items() if rank < 1}


def test_tibetan_queries_find_what_was_meant(listed: WhooshIndex) -> None:
    ranks = {}
    for query, key in TIBETAN.items():
        hits = listed.search(query, per_page=10).hits
        ranks[query] = reciprocal_rank([hit.key == key for hit in hits])
    assert sum(ranks.values()) / len(ranks) >= 0.95, {query: rank for query, rank in ranks.items() if rank < 1}


def test_a_name_finds_itself_first(listed: WhooshIndex, names: dict[str, str]) -> None:
    for key in list(names)[::50]:
        assert names[listed.search(names[key]).hits[0].key] == names[key]


def test_a_place_is_found_in_the_middle_of_a_sentence_and_with_a_particle(listed: WhooshIndex) -> None:
    assert "document:visit" in {hit.key for hit in listed.search("ལྷ་ས").hits}


@pytest.mark.parametrize("query", ["藏药", "水泥"])
def test_the_regions_units_stand_first_among_equals(listed: WhooshIndex, names: dict[str, str], query: str) -> None:
    assert "西藏" in names[listed.search(query).hits[0].key]


def test_all_that_hold_the_words_are_counted_and_no_page_overlaps(listed: WhooshIndex, names: dict[str, str]) -> None:
    expected = {key for key, name in names.items() if "科技" in name}
    found: list[str] = []
    for page in range(1, 100):
        results = listed.search("科技", page=page, per_page=50)
        if not results.hits:
            break
        found += [hit.key for hit in results.hits]
    assert expected <= set(found)
    assert len(found) == len(set(found)) == results.total


@pytest.mark.parametrize("query", ["qqqqzzzz", "阿斯蒂芬火星殖民", "ཁྱེད་རང་བདེ་མོ", "！！！", "«»"])
def test_nothing_is_found_where_nothing_fits(listed: WhooshIndex, query: str) -> None:
    assert listed.search(query).total == 0


def test_a_question_in_words_still_finds_its_subject(listed: WhooshIndex, names: dict[str, str]) -> None:
    hits = listed.search("西藏的绿色工厂有哪些").hits
    assert hits
    assert "西藏" in names[hits[0].key]


def test_results_can_be_narrowed_and_each_facet_counts_its_alternatives(listed: WhooshIndex) -> None:
    everything = listed.search("水泥", per_page=200)
    narrowed = listed.search("水泥", Filters(year=("2020",)), per_page=200)
    assert 0 < narrowed.total == everything.facets["year"]["2020"] < everything.total
    assert narrowed.facets["year"] == everything.facets["year"]
    assert sum(narrowed.facets["category"].values()) == narrowed.total
    region = listed.search("水泥", Filters(scope=("region",), kind=("unit",)))
    assert region.total == everything.facets["scope"]["region"]


def test_values_of_one_facet_are_alternatives(listed: WhooshIndex) -> None:
    either = listed.search("", Filters(year=("2020", "2021")))
    counts = listed.search("").facets["year"]
    assert either.total == counts["2020"] + counts["2021"]


def test_an_empty_query_lists_everything_newest_first(listed: WhooshIndex, names: dict[str, str]) -> None:
    results = listed.search("")
    assert results.total == len(names) + 14
    assert results.hits[0].key == "document:visit"


def test_results_can_be_sorted_by_date(listed: WhooshIndex) -> None:
    narrowed = Filters(kind=("document",))
    newest = [hit.key for hit in listed.search("མིང་ཐོ", narrowed, Sort.NEWEST).hits]
    oldest = [hit.key for hit in listed.search("མིང་ཐོ", narrowed, Sort.OLDEST).hits]
    assert newest == oldest[::-1]
    assert newest == ["document:parks", "document:factories"]
