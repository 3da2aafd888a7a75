"""The steps by which people file, follow and decide in a browser: the same for complaints and objections."""

from __future__ import annotations

from playwright.sync_api import Page

#: What may stand in a form and be recognised again.
NAMES = {"zh": "样本实名人", "bo": "དཔེ་མཚོན་སྐལ་བཟང"}
STATEMENTS = {
    "zh": "样本陈述：该单位所报用电数据与现场电表读数不一致，附照片为证。",
    "bo": "དཔེ་མཚོན་ཞུ་གཏུག བཟོ་གྲྭའི་བཙོག་ཆུ་གཙང་པོར་བཏང་འདུག འདྲ་པར་བརྒྱབ་ཡོད།",
}
NUMBER, MISTYPED = "11010519491231002X", "110105194912310021"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
PHOTO = {"name": "照片.png", "mimeType": "image/png", "buffer": PNG}


def state(page: Page, lang: str) -> None:
    """What is wrong, as far as the form asks for more than the statement."""
    kind = page.locator("[name=problem_kind][value=false_data]")
    if kind.count():
        kind.check()
    page.locator("[name=statement]").fill(STATEMENTS[lang])


def name(page: Page, lang: str) -> None:
    """Who says so."""
    page.locator("[name=name]").fill(NAMES[lang])
    page.locator("[name=id_number]").fill(NUMBER)
    page.locator("[name=phone]").fill("13800138000")


def fill(page: Page, lang: str) -> None:
    """A form in one piece."""
    state(page, lang)
    page.locator("[name=evidence]").set_input_files(PHOTO)
    name(page, lang)
    page.locator("[name=consent]").check()


def send(page: Page) -> None:
    """A form in one piece goes."""
    page.locator("main form[enctype] button[type=submit]").click()


def receipt(page: Page) -> tuple[str, str]:
    """Receipt number and secret, from the page that shows them."""
    page.wait_for_selector("[data-receipt]")
    return page.locator("[data-receipt]").inner_text(), page.locator("[data-secret]").inner_text()


def follow(page: Page, number: str, secret: str) -> None:
    """From the question for receipt number and secret to the page of the filing."""
    page.locator("[name=receipt]").fill(number)
    page.locator("[name=secret]").fill(secret)
    page.locator("main form[method=post] button[type=submit]").click()
    page.wait_for_selector("[data-status]")


def find(desk: Page, number: str) -> None:
    """From the queue to the page of a filing, which does not say who filed."""
    desk.locator("tbody a", has_text=number).click()
    desk.wait_for_load_state()
    assert not any(name in desk.content() for name in NAMES.values())


def do(desk: Page, act: str, **fields: str) -> None:
    """Open an act of the page, fill it in, and do it."""
    form = desk.locator(f"form[action$='/{act}']")
    form.locator("xpath=..").locator("summary").click()
    form.locator("[name=note]").fill("样本说明")
    for judged in form.locator("select[name^=finding-]").all():
        judged.select_option("not_substantiated")
    for grounds in form.locator("[name^=grounds-]").all():
        grounds.fill("样本理由")
    for field, value in fields.items():
        form.locator(f"[name={field}]").select_option(value)
    form.locator("button[type=submit]").click()
    desk.wait_for_load_state()
    assert desk.locator("[role=alert]").count() == 0
