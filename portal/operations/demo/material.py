"""Pictures and a scan for the demonstration, drawn here: there is nothing real to be seen on them."""

from __future__ import annotations

import io
from typing import BinaryIO

from PIL import Image, ImageDraw, ImageFont

PAPER, INK, PINE, SAFFRON = "#fbfaf6", "#1e2421", "#1f5c46", "#9a5b00"


def files() -> list[tuple[str, BinaryIO]]:
    """A photo of a meter, and a bill scanned on two pages, all marked as samples."""
    photo, scan = io.BytesIO(), io.BytesIO()
    _meter().save(photo, "JPEG", quality=85)
    first, second = _bill(1, 4), _bill(2, 2)
    first.save(scan, "PDF", save_all=True, append_images=[second], resolution=110)
    return [("样本电表照片.jpg", io.BytesIO(photo.getvalue())), ("样本电费单.pdf", io.BytesIO(scan.getvalue()))]


def _meter() -> Image.Image:
    image = Image.new("RGB", (1200, 900), "#c9d2cc")
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle((260, 110, 940, 790), 48, PAPER, INK, 6)
    draw.rounded_rectangle((360, 220, 840, 380), 12, "#2b332e")
    draw.text((400, 235), "0048217", "#d7f5e3", _font(96))
    draw.ellipse((520, 450, 680, 610), "white", INK, 5)
    draw.line((600, 530, 655, 480), SAFFRON, 10)
    draw.text((440, 650), "kWh  SAMPLE", PINE, _font(64))
    return image


def _bill(number: int, rows: int) -> Image.Image:
    image = Image.new("RGB", (900, 1270), "white")
    draw = ImageDraw.Draw(image)
    draw.text((90, 80), "SAMPLE BILL", PINE, _font(56))
    draw.text((700, 100), f"{number} / 2", INK, _font(32))
    draw.line((90, 170, 810, 170), INK, 3)
    for row in range(rows):
        top = 220 + row * 110
        draw.text((100, top), f"2026-{row + 1 + (number - 1) * 4:02}", INK, _font(38))
        draw.text((520, top), f"{18_240 + 731 * row} kWh", INK, _font(38))
        draw.line((90, top + 70, 810, top + 70), "#dedcd3", 2)
    return image


def _font(size: int) -> ImageFont.ImageFont | ImageFont.FreeTypeFont:
    return ImageFont.load_default(size)
