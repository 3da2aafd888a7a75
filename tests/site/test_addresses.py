"""Whatever stands in an address, the server answers in words."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    "address",
    [
        "documents/policy/%00", "publicity/a%00", "announcements/%00", "units/%00", "units/u999999999", "agencies/%00", "%00",
        "agencies/?q=%00", "lists/?q=%00", "lists/?authority=%00", "lists/?page=99999999999999999999", "lists/?year=9999999999",
        "documents/policy/?year=99999999999999999999", "documents/policy/?page=99999999999999999999", "publicity/?page=-1",
        "search?q=%ED%A0%80", "complaints/new?respondent=u99999999999", "complaints/status?receipt=%00",
    ],
)  # fmt: skip
def test_no_address_breaks_the_server(client, address):
    assert client.get(f"/zh/{address}").status_code < 500
