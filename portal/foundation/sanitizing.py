"""The one HTML policy. Every rich text passes here before it is stored; nothing else decides what is safe."""

from __future__ import annotations

import html
import re
import unicodedata

import bleach
from bleach.linkifier import Linker
from markupsafe import Markup

TAGS = frozenset(
    [
        "p",
        "br",
        "h2",
        "h3",
        "h4",
        "strong",
        "b",
        "em",
        "i",
        "u",
        "s",
        "sub",
        "sup",
        "blockquote",
        "ul",
        "ol",
        "li",
        "a",
        "table",
        "caption",
        "thead",
        "tbody",
        "tfoot",
        "tr",
        "th",
        "td",
        "hr",
        "figure",
        "figcaption",
        "img",
        "div",
        "span",
        "pre",
        "del",
    ]
)
ATTRIBUTES = {
    "*": ["lang"],
    "a": ["href", "title"],
    "img": ["src", "alt", "width", "height"],
    "th": ["colspan", "rowspan", "scope"],
    "td": ["colspan", "rowspan"],
    "ol": ["start"],
}
PROTOCOLS = frozenset({"https", "http", "mailto", "tel"})
_LANG = re.compile(r"^(zh|zh-Hans|zh-Hans-CN|bo|bo-CN|en|zxx)$")
#: An address of this site: two slashes, or what browsers read as two, would lead to another.
_OWN_FILE = re.compile(r"/(?!/)[^\\\s]*")
#: Characters that never belong into stored Tibetan: invisible joiners, the no-break tsheg, private-use letters.
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff"))
_DROPPED_WITH_CONTENT = re.compile(
    r"<(script|style|iframe|object|template|svg|math)\b.*?</\1\s*>", re.IGNORECASE | re.DOTALL
)


def clean_html(text: str) -> str:
    """A rich text reduced to the allowed elements; normalised to NFC.

    Active elements disappear with their content, others leave their text behind.
    """
    plain = _DROPPED_WITH_CONTENT.sub("", normalize(text))
    return bleach.clean(
        plain,
        tags=TAGS,
        attributes=lambda tag, name, value: (
            bool(_LANG.match(value))
            if name == "lang"
            else name in ATTRIBUTES.get(tag, []) and (tag != "img" or name != "src" or bool(_OWN_FILE.fullmatch(value)))
        ),
        protocols=PROTOCOLS,
        strip=True,
        strip_comments=True,
    ).strip()


def safe(text: str) -> Markup:
    """A stored rich text for a template. It is cleaned again: the policy may have tightened since it was stored."""
    return Markup(clean_html(text))  # noqa: S704 - this is the one place that vouches for HTML


def plain_text(rich: str) -> str:
    """The text of a rich text without its elements, for search, summaries and descriptions."""
    spaced = re.sub(r"</?(p|br|li|td|th|tr|h[2-4]|div|blockquote)\b[^>]*>", "\n", rich)
    text = bleach.clean(spaced, tags=set(), strip=True, strip_comments=True)
    return re.sub(r"[ \t]*\n\s*", "\n", html.unescape(text)).strip()


def paragraphs(text: str) -> str:
    """Plain text as HTML paragraphs, with its web addresses as links."""
    escaped = bleach.clean(normalize(text), tags=set())
    blocks = [block.strip() for block in re.split(r"\n\s*\n", escaped) if block.strip()]
    return Linker(callbacks=[]).linkify("".join(f"<p>{block.replace(chr(10), '<br>')}</p>" for block in blocks))


def normalize(text: str) -> str:
    """The form in which every text is kept: NFC, no invisible characters, single tshegs, Unix line ends."""
    # What is invisible goes first: marks that it kept apart are then put into their order.
    text = unicodedata.normalize("NFC", text.translate(_INVISIBLE).replace("\x00", ""))
    text = text.replace("\u0f0c", "\u0f0b").replace("\r\n", "\n").replace("\r", "\n")
    return re.sub("\u0f0b{2,}", "\u0f0b", text)


def has_private_use(text: str) -> bool:
    """Whether a text was pasted from one of the old Tibetan fonts that use private code points."""
    return any("\ue000" <= character <= "\uf8ff" for character in text)
