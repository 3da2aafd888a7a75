"""What no tracked file may hold: unfinished work, machines' own paths, addresses of package indexes."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from portal.settings import ROOT

# The words are put together here, so that this file does not hold them itself.
UNFINISHED = re.compile(rf"\b(?:{'TO' + 'DO'}|{'FIX' + 'ME'})\b")
MACHINE = re.compile(rf"(?<![\w.\-%/])/(?:{'wo' + 'rk'}|{'ho' + 'me'}|{'ro' + 'ot'}|Users|opt)/\w")
INDEX = re.compile(
    rf"{'pypi' + '.org'}|{'python' + 'hosted'}|{'registry.' + 'npmjs'}|mirrors?\.\w+\.(?:com|cn|edu)"
    rf"|(?<!no-emit-)(?:extra-)?{'index' + '-url'}|(?<!no-emit-){'find' + '-links'}|\"resolved\":"
)
BYTES_ONLY = {".woff2", ".png", ".jpg", ".jpeg", ".pdf", ".xlsx", ".zip", ".ico", ".docx"}
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))


def tracked() -> list[Path]:
    if not (ROOT / ".git").exists():
        pytest.skip("not a checkout: there is no list of tracked files")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    """Every tracked text by its path."""
    return {
        path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
        for path in tracked()
        if path.suffix not in BYTES_ONLY
    }


def holders(texts: dict[str, str], pattern: re.Pattern[str]) -> list[str]:
    found = []
    for name, text in texts.items():
        for number, line in enumerate(text.splitlines(), 1):
            if match := pattern.search(line):
                found.append(f"{name}:{number}: {match.group()}")
    return found


def test_nothing_is_left_to_be_done_in_the_code(texts: dict[str, str]) -> None:
    assert holders(texts, UNFINISHED) == []


def test_no_file_knows_the_machine_that_it_was_written_on(texts: dict[str, str]) -> None:
    assert holders(texts, MACHINE) == []


def test_no_file_names_a_package_index(texts: dict[str, str]) -> None:
    assert holders(texts, INDEX) == []


def test_every_text_ends_with_a_line_end_and_has_those_of_unix(texts: dict[str, str]) -> None:
    unix = {name for name, text in texts.items() if "\r" in text and not name.endswith(".csv")}
    assert unix == set()
    assert {name for name, text in texts.items() if text and not text.endswith("\n")} == set()


def test_there_is_a_lock_for_building_running_and_testing() -> None:
    assert [lock.name for lock in LOCKS] == ["base.txt", "build.txt", "dev.txt"]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.stem)
def test_every_library_of_a_lock_is_pinned_and_hashed(lock: Path) -> None:
    for block in re.split(r"\n(?=[A-Za-z0-9])", "\n" + lock.read_text(encoding="utf-8"))[1:]:
        assert re.match(r"[\w.\-]+==[\w.]+( ;[^\\]*)? \\\n", block), block.splitlines()[0]
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", block), block.splitlines()[0]


def test_tests_run_on_the_very_libraries_that_the_portal_runs_on() -> None:
    pins = [
        dict(re.findall(r"^([\w.\-]+)==([\w.]+)", lock.read_text(encoding="utf-8"), re.MULTILINE)) for lock in LOCKS
    ]
    base, _build, dev = pins
    assert base.items() <= dev.items()
