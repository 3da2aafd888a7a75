"""A child process that reads strangers' files can do nothing else, and whatever becomes of it is an answer."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pytest

from portal.vault import boxes, children
from portal.vault.children import Fault, Limits, NotParsed
from portal.vault.parsers import child as child_module
from tests.vault import files

PARSERS = Path(child_module.__file__).parent
PAGE = {"page": 1, "width": 100, "height": 100}
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="the kernel's own measures are Linux's")


def confined(attempt, tmp_path):
    """Try something in a process that gave everything up; what came of it: nothing said means it could do it."""
    script = (
        f"import sys; sys.path.insert(0, {str(PARSERS)!r}); import confinement, os, socket, ctypes, threading\n"
        f"held = confinement.confine({512 * 1024 * 1024}, 5)\n"
        f"place = {str(tmp_path)!r}\n"
        f"try:\n    {attempt}\nexcept BaseException as fault:\n    print(type(fault).__name__)\nprint(*held)"
    )
    done = subprocess.run([sys.executable, "-I", "-c", script], capture_output=True, text=True, timeout=20, check=False)
    return done.stdout.split()


@LINUX
@pytest.mark.parametrize(
    ("attempt", "measure"),
    [
        ("socket.create_connection(('127.0.0.1', 1))", "network"),
        ("socket.socketpair()", "network"),
        ("os.execv('/bin/true', ['true'])", "programs"),
        ("os.fork()", "programs"),
        ("os.posix_spawn('/bin/true', ['true'], {})", "programs"),
        ("os.kill(os.getppid(), 0)", "programs"),
        ("open('/etc/passwd').read()", "files"),
        ("open(place + '/secret').read()", "files"),
        ("os.listdir(place)", "files"),
        ("open(place + '/made', 'w')", "files"),
        ("os.unlink(place + '/secret')", "files"),
        ("bytearray(700 * 1024 * 1024)", "limits"),
        ("confinement.resource.setrlimit(confinement.resource.RLIMIT_AS, (2**40, 2**40))", "programs"),
    ],
)
def test_what_is_given_up_is_gone(attempt, measure, tmp_path):
    (tmp_path / "secret").write_text("sample")
    said = confined(attempt, tmp_path)
    if measure not in said:
        pytest.skip(f"this kernel cannot take away {measure}")
    assert said[0] in {"PermissionError", "MemoryError", "ValueError", "OSError"}
    assert (tmp_path / "secret").exists()
    assert not (tmp_path / "made").exists()


@LINUX
def test_what_parsing_needs_is_left(tmp_path):
    said = confined("threading.Thread(target=print, args=('thread',)).start() or __import__('colorsys')", tmp_path)
    assert said[0] == "thread"
    assert "Error" not in " ".join(said)


def test_the_measures_that_held_are_said():
    answer = children.run("rendering.picture", io.BytesIO(files.photo()), PAGE)
    assert "limits" in answer.held
    if sys.platform == "linux":
        assert answer.held >= {"limits", "network", "programs"} or not answer.held & {"network"}


def test_the_child_knows_nothing_of_the_portal():
    script = (
        f"import runpy, sys; module = runpy.run_path({str(PARSERS / 'child.py')!r}); "
        "[module['_load'](name) for name in ('rendering', 'pictures', 'pdfs', 'office')]; "
        "print([name for name in sys.modules if name.split('.')[0] in ('portal', 'flask', 'sqlalchemy', 'tink')])"
    )
    done = subprocess.run([sys.executable, "-I", "-c", script], capture_output=True, text=True, check=True, timeout=30)
    assert done.stdout.strip() == "[]"


@pytest.fixture
def playing(monkeypatch, tmp_path):
    """Let a script of the test stand in for the child."""

    def play(script):
        place = tmp_path / "child.py"
        place.write_text("import sys, time, os\n" + script)
        monkeypatch.setattr(children, "_CHILD", place)

    return play


BRIEF = Limits(seconds=2)


def run(limits=BRIEF, content=b"sample"):
    return children.run("rendering.picture", io.BytesIO(content), PAGE, limits)


@pytest.mark.parametrize(
    ("script", "fault"),
    [
        ("time.sleep(60)", Fault.TOO_SLOW),
        ("sys.stdin.buffer.read()\nwhile True: pass", Fault.TOO_SLOW),
        ("os.abort()", Fault.CRASHED),
        ("sys.exit(1)", Fault.CRASHED),
        ("sys.stdin.buffer.read(); sys.stdout.write('nonsense')", Fault.CRASHED),
        ("sys.stdin.buffer.read(); sys.stdout.buffer.write(b'\\0\\0\\0\\x02no')", Fault.CRASHED),
        ("sys.stdin.buffer.read(); sys.stdout.buffer.write(b'\\0\\0\\0\\x02[]')", Fault.CRASHED),
        ("sys.stdin.buffer.read(); sys.stdout.buffer.write(b'\\xff\\xff\\xff\\xff' + b'x' * 5000000)", Fault.CRASHED),
        (
            "sys.stdout.buffer.write(b'\\0\\0\\0\\x02{}')\nwhile True: sys.stdout.buffer.write(b'x' * 65536)",
            Fault.TOO_MUCH,
        ),
        ('sys.stdin.buffer.read(); sys.stdout.buffer.write(b\'\\0\\0\\0\\x0f{"fault":"odd"}\')', Fault.CRASHED),
    ],
)
def test_whatever_becomes_of_the_child_is_an_answer(playing, script, fault):
    playing(script)
    with pytest.raises(NotParsed) as refused:
        run(Limits(seconds=2, made=1024 * 1024))
    assert refused.value.fault is fault


def test_a_child_that_does_not_read_does_not_hold_the_portal_up(playing):
    playing("time.sleep(60)")
    with pytest.raises(NotParsed) as refused:
        run(Limits(seconds=1), b"x" * 3_000_000)
    assert refused.value.fault is Fault.TOO_SLOW


def test_more_than_may_be_taken_is_refused():
    with pytest.raises(NotParsed) as refused:
        run(Limits(taken=1000), b"x" * 2000)
    assert refused.value.fault is Fault.TOO_MUCH


def test_the_error_of_a_source_comes_out_and_the_child_ends():
    def source():
        yield b"sample"
        raise boxes.Unsealable

    with pytest.raises(boxes.Unsealable):
        children.run("rendering.picture", source(), PAGE)


def test_what_fails_in_the_child_tells_nothing_of_the_content(caplog):
    with pytest.raises(NotParsed) as refused:
        run(content="样本机密内容".encode())
    assert "样本" not in str(refused.value)
    assert caplog.records == []


def test_more_than_the_machine_can_do_at_once_waits_and_then_is_told(monkeypatch):
    monkeypatch.setattr(children, "_QUEUE_SECONDS", 0.05)
    taken = 0
    while children._AT_ONCE.acquire(blocking=False):
        taken += 1
    try:
        with pytest.raises(NotParsed) as refused:
            run()
        assert refused.value.fault is Fault.BUSY
    finally:
        for _turn in range(taken):
            children._AT_ONCE.release()
