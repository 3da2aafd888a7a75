"""What two sample units show: one published with figures of five years, one published and with a new version under review."""

from __future__ import annotations

import io
from collections.abc import Mapping

from PIL import Image, ImageDraw, ImageFont

from portal.authorities.models import Person
from portal.credentials.profile import queries, services
from portal.credentials.profile.rules import FileKind, Measure, StatedFigure, Texts
from portal.foundation import clock
from portal.foundation.languages import Localized
from portal.register import queries as register
from portal.register.models import Unit

CEMENT, WATER = "91540000MA6DEMK01J", "91540000MA6DEMK02M"
TEXTS = {
    CEMENT: Texts(
        title=Localized(zh="样本：用余热发电的建材厂", bo="དཔེ་མཚོན། ལྷག་དྲོད་ཀྱིས་གློག་འདོན་པའི་འཛུགས་རྫས་བཟོ་གྲྭ"),
        technologies=Localized(
            zh="样本内容：窑头余热锅炉全年运行，所发电力供破碎和粉磨工序使用。\n\n屋顶光伏覆盖三座厂房，夏季可满足办公和照明用电。",
            bo="དཔེ་མཚོན་གྱི་ནང་དོན། བཟོ་གྲྭའི་ལྷག་དྲོད་ཀྱིས་ལོ་གང་བོར་གློག་འདོན་གྱི་ཡོད། གློག་འདི་ཐོན་སྐྱེད་ནང་བེད་སྤྱོད་བྱེད།",
        ),
        practices=Localized(
            zh="样本内容：雨水和冷却水收集后用于抑尘，厂区道路每日洒水不再取用新水。",
            bo="དཔེ་མཚོན་གྱི་ནང་དོན། ཆར་ཆུ་བསྡུས་ནས་བཟོ་གྲྭའི་ལམ་ལ་གཏོར་གྱི་ཡོད།",
        ),
        disclosures=Localized(
            zh="样本内容：废气在线监测数据按月在厂门口公示栏公布。",
            bo="དཔེ་མཚོན་གྱི་ནང་དོན། བཙོག་རླངས་ཀྱི་གཞི་གྲངས་ཟླ་རེར་བཟོ་གྲྭའི་སྒོ་ཁར་ཁྱབ་བསྒྲགས་བྱེད།",
        ),
    ),
    WATER: Texts(
        title=Localized(zh="样本：每瓶水少用一半包装", bo="དཔེ་མཚོན། ཐུམ་རྫས་ཕྱེད་ཀ་ཉུང་དུ་བཏང་བའི་འཐུང་ཆུ"),
        technologies=Localized(
            zh="样本内容：轻量化瓶坯和直线灌装线，单瓶用料下降。",
            bo="དཔེ་མཚོན་གྱི་ནང་དོན། དམ་བེ་ཡང་མོ་བེད་སྤྱོད་བྱས་པས་རྒྱུ་ཆ་ཉུང་དུ་སོང་།",
        ),
        practices=Localized(zh="样本内容：与运输企业合作回收空瓶，返程车不空驶。"),
    ),
}
#: The values of the five years up to the last.
FIGURES = {
    CEMENT: {
        Measure.ENERGY: ("18420", "17960", "17105", "16240", "15380.5"),
        Measure.CARBON: ("91200", "89050", "84700", "80150", "75940"),
        Measure.RENEWABLE: ("8.2", "11.5", "16", "21.4", "27.8"),
    },
    WATER: {
        Measure.WATER: ("412000", "405500", "398200", "391000", "380750"),
        Measure.WATER_REUSED: ("31", "36.5", "41", "47.2", "52"),
    },
}
PICTURES = (Localized(zh="样本图片：厂区", bo="དཔེ་མཚོན་པར་རིས། བཟོ་གྲྭ"), Localized(zh="样本图片：屋顶光伏"))
SOURCE = "样本：年度能源和水资源统计报表"


def show(people: Mapping[str, Person]) -> None:
    """Let both units write, and their officers publish; what stands already is left alone."""
    for code, speaker, officer in (
        (CEMENT, people["enterprise@portal.test"], people["officer.lhasa@portal.test"]),
        (WATER, people["enterprise2@portal.test"], people["officer.shigatse@portal.test"]),
    ):
        unit = register.unit_by_ref(code)
        if unit is None or queries.open_version(unit.id) or queries.published_version(unit.id):
            continue
        _write(unit, code, speaker)
        _publish(unit, speaker, officer)
        if code == WATER:
            _write_anew(unit, speaker)


def _write(unit: Unit, code: str, by: Person) -> None:
    draft = services.start(unit, by=by)
    services.write(unit, TEXTS[code], seen=draft.version, by=by)
    last = clock.today().year - 1
    for measure, values in FIGURES[code].items():
        for year, value in enumerate(values, last - len(values) + 1):
            services.add_figure(unit, StatedFigure(measure, year, value, SOURCE), by=by)
    pictures = list(enumerate(PICTURES))
    for number, title in pictures if code == CEMENT else reversed(pictures):
        services.add_file(unit, FileKind.PICTURE, ("sample.png", _picture(number)), title, None, by=by)
    title = Localized(zh=f"样本：{last}年绿色低碳发展报告", bo="དཔེ་མཚོན། ལྗང་མདོག་ཐཱན་དམའི་འཕེལ་རྒྱས་སྙན་ཞུ")
    services.add_file(unit, FileKind.REPORT, (f"样本报告{last}.pdf", _report(last)), title, last, by=by)


def _publish(unit: Unit, speaker: Person, officer: Person) -> None:
    draft = queries.open_version(unit.id)
    if draft is None:
        raise LookupError(unit.name)
    submitted = services.submit(unit, seen=draft.version, by=speaker)
    services.publish(submitted.id, seen=submitted.version, by=officer)


def _write_anew(unit: Unit, by: Person) -> None:
    """A second version waits at the desk, while the first is public."""
    draft = services.start(unit, by=by)
    figure = StatedFigure(Measure.WASTE_USED, clock.today().year - 1, "88.6", SOURCE)
    services.add_figure(unit, figure, by=by)
    services.submit(unit, seen=draft.version, by=by)


def _picture(number: int) -> io.BytesIO:
    """A drawing of a plant below mountains, and one of panels on a roof; nothing real is to be seen."""
    image = Image.new("RGB", (1500, 1000), "#cfe3ee")
    draw = ImageDraw.Draw(image)
    draw.ellipse((1120, 110, 1290, 280), "#f3c557")
    draw.polygon(
        [(0, 640), (330, 240), (620, 560), (900, 300), (1260, 610), (1500, 430), (1500, 720), (0, 720)], "#8aa4ae"
    )
    draw.rectangle((0, 690, 1500, 1000), "#7fa06b")
    if number == 0:
        for left, top in ((240, 520), (560, 460), (880, 540)):
            draw.rectangle((left, top, left + 280, 800), "#f2efe6", "#4d5a55", 5)
            draw.polygon([(left - 20, top), (left + 140, top - 90), (left + 300, top)], "#1f5c46")
    else:
        draw.polygon([(200, 820), (420, 480), (1300, 480), (1080, 820)], "#2f4858")
        for step in range(1, 8):
            draw.line((200 + step * 110, 820, 420 + step * 110, 480), "#c9d2cc", 4)
        for step in range(1, 4):
            draw.line((200 + step * 55, 820 - step * 85, 1080 + step * 55, 820 - step * 85), "#c9d2cc", 4)
    draw.text((60, 900), "SAMPLE", "#1e2421", ImageFont.load_default(56))
    file = io.BytesIO()
    image.save(file, "PNG")
    file.seek(0)
    return file


def _report(year: int) -> io.BytesIO:
    page = Image.new("RGB", (900, 1270), "white")
    draw = ImageDraw.Draw(page)
    draw.text((90, 120), f"SAMPLE REPORT {year}", "#1f5c46", ImageFont.load_default(52))
    draw.line((90, 220, 810, 220), "#1e2421", 3)
    file = io.BytesIO()
    page.save(file, "PDF", resolution=110)
    file.seek(0)
    return file
