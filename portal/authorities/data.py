"""The nine authorities of Art. 5 with their names in three languages.

The Chinese names are official; the Tibetan ones follow the project's glossary and await a native decision; each stands here
only, so that a decision is one edit. The Zangqing park lies in Golmud, Qinghai: it belongs to the region by its
authority, not by its place.
"""

from __future__ import annotations

from dataclasses import dataclass

from portal.authorities.rules import AuthorityKind
from portal.foundation.languages import Localized


@dataclass(frozen=True)
class AuthorityFacts:
    """What is known of an authority before anybody works there."""

    code: str
    kind: AuthorityKind
    division: str
    place: Localized
    name: Localized


def _bureau(code: str, division: str, place: Localized) -> AuthorityFacts:
    name = Localized(
        zh=f"{place.zh}经济和信息化局",
        bo=f"{place.bo}་དཔལ་འབྱོར་དང་ཆ་འཕྲིན་ཅན་ཅུས",
        en=f"{place.en} Bureau of Economy and Information Technology",
    )
    return AuthorityFacts(code, AuthorityKind.BUREAU, division, place, name)


AUTHORITIES = (
    AuthorityFacts(
        "department",
        AuthorityKind.DEPARTMENT,
        "540000",
        Localized(zh="西藏自治区", bo="བོད་རང་སྐྱོང་ལྗོངས", en="Tibet Autonomous Region"),
        Localized(
            zh="西藏自治区经济和信息化厅",
            bo="བོད་རང་སྐྱོང་ལྗོངས་དཔལ་འབྱོར་དང་ཆ་འཕྲིན་ཅན་ཐིང",
            en="Department of Economy and Information Technology of the Tibet Autonomous Region",
        ),
    ),
    _bureau("lhasa", "540100", Localized(zh="拉萨市", bo="ལྷ་ས་གྲོང་ཁྱེར", en="Lhasa")),
    _bureau("shigatse", "540200", Localized(zh="日喀则市", bo="གཞིས་རྩེ་གྲོང་ཁྱེར", en="Shigatse")),
    _bureau("chamdo", "540300", Localized(zh="昌都市", bo="ཆབ་མདོ་གྲོང་ཁྱེར", en="Chamdo")),
    _bureau("nyingchi", "540400", Localized(zh="林芝市", bo="ཉིང་ཁྲི་གྲོང་ཁྱེར", en="Nyingchi")),
    _bureau("shannan", "540500", Localized(zh="山南市", bo="ལྷོ་ཁ་གྲོང་ཁྱེར", en="Shannan")),
    _bureau("nagqu", "540600", Localized(zh="那曲市", bo="ནག་ཆུ་གྲོང་ཁྱེར", en="Nagqu")),
    _bureau("ngari", "542500", Localized(zh="阿里地区", bo="མངའ་རིས་ས་ཁུལ", en="Ngari")),
    AuthorityFacts(
        "zangqing",
        AuthorityKind.PARK_COMMITTEE,
        "540171",
        Localized(zh="藏青工业园区", bo="བོད་མཚོ་བཟོ་ལས་གླིང་ཁུལ", en="Zangqing Industrial Park"),
        Localized(
            zh="藏青工业园区管理委员会",
            bo="བོད་མཚོ་བཟོ་ལས་གླིང་ཁུལ་དོ་དམ་ཨུ་ཡོན་ལྷན་ཁང",
            en="Zangqing Industrial Park Administration Committee",
        ),
    ),
)
