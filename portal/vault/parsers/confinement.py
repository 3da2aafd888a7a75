"""What a child process gives up before it sees a byte of a stranger's file.

Limits of memory, time and files hold on every Unix. On Linux the kernel also takes away the network and other programs
(seccomp, on x86-64 and ARM64) and every file but the interpreter's own and the fonts (Landlock). Where a kernel does not
know one of them, the others hold; the child says which do.
"""

from __future__ import annotations

import ctypes
import os
import platform
import resource
import struct
import sys
from pathlib import Path

LIMITS, NETWORK, PROGRAMS, FILES = "limits", "network", "programs", "files"
FONTS = ("/usr/share/fonts", "/usr/local/share/fonts")

_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS = 1, 4, 22, 38
_SIGKILL = 9


def confine(memory: int, seconds: int) -> list[str]:
    """Give up all that parsing does not need; what holds from now on.

    Args:
        memory: bytes of address space.
        seconds: of processor time.
    """
    _limit(memory, seconds)
    held = [LIMITS]
    if sys.platform != "linux":
        return held
    libc = ctypes.CDLL(None, use_errno=True)
    # No orphans when the server dies, no looking into this process from another one.
    libc.prctl(_PR_SET_PDEATHSIG, _SIGKILL, 0, 0, 0)
    libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        return held
    if _lock_files(libc):
        held.append(FILES)
    if _filter_calls(libc):
        held += [NETWORK, PROGRAMS]
    return held


def _limit(memory: int, seconds: int) -> None:
    for what, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, seconds),
        # No file grows, so nothing is written anywhere; no image of the memory is left by a crash.
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 64),
    ):
        hard = resource.getrlimit(what)[1]
        allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
        try:
            resource.setrlimit(what, (allowed, allowed))
        except (ValueError, OSError):
            # macOS does not know a limit of address space; the others hold.
            continue


# Files, by Landlock

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_READ_FILE, _READ_DIR = 1 << 2, 1 << 3
_PATH_BENEATH = 1
_VERSION = 1


def _lock_files(libc: ctypes.CDLL) -> bool:
    """Leave only the interpreter's files and the fonts, to be read. Whether the kernel could do it."""
    version = libc.syscall(_CREATE_RULESET, None, 0, _VERSION)
    if version < 1:
        return False
    files = (1 << (13 + (version >= 2) + (version >= 3) + (version >= 5))) - 1
    # Later kernels take more fields: no TCP, and no signals or abstract sockets to other processes.
    fields = [files, *([0b11] if version >= 4 else []), *([0b11] if version >= 6 else [])]
    rules = struct.pack(f"{len(fields)}Q", *fields)
    ruleset = libc.syscall(_CREATE_RULESET, rules, len(rules), 0)
    if ruleset < 0:
        return False
    try:
        for folder in _readable():
            _allow_reading(libc, ruleset, folder)
        return not libc.syscall(_RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)


def _readable() -> set[str]:
    """Folders that the interpreter loads from, the C library's, and the fonts."""
    paths = {sys.prefix, sys.base_prefix, *FONTS, "/usr/lib", "/usr/lib64", "/lib", "/lib64", "/usr/share/zoneinfo"}
    real = (Path(path).resolve() for path in paths)
    return {str(path) for path in real if path.is_dir() and path != Path("/")}


def _allow_reading(libc: ctypes.CDLL, ruleset: int, folder: str) -> None:
    place = os.open(folder, os.O_PATH | os.O_CLOEXEC)
    try:
        rule = struct.pack("=Qi", _READ_FILE | _READ_DIR, place)
        libc.syscall(_ADD_RULE, ruleset, _PATH_BENEATH, rule, 0)
    finally:
        os.close(place)


# Network and programs, by seccomp

_X86_64, _ARM64 = 0xC000003E, 0xC00000B7
#: Calls by number, on x86-64 and on ARM64; None where a machine has no such call.
_REFUSED: tuple[tuple[int | None, int | None], ...] = (
    (41, 198), (53, 199), (425, 425),  # socket, socketpair, io_uring_setup, which would pass by this filter
    (59, 221), (322, 281), (57, None), (58, None),  # execve, execveat, fork, vfork
    (101, 117), (310, 270), (311, 271), (298, 241), (323, 282),  # ptrace, reading others' memory, perf, userfaultfd
    (62, 129), (200, 130), (129, 138), (424, 424),  # kill, tkill, rt_sigqueueinfo, pidfd_send_signal
    (160, 164), (302, 261),  # setrlimit, prlimit64: the limits stay what they are
    (165, 40), (272, 97), (308, 268), (321, 280), (248, 217), (250, 219),  # mount, unshare, setns, bpf, kernel keys
)  # fmt: skip
_CLONE, _CLONE3 = {_X86_64: 56, _ARM64: 220}, 435
_CLONE_THREAD = 0x00010000
_ALLOW, _REFUSE, _UNKNOWN = 0x7FFF0000, 0x00050001, 0x00050026  # allow; EPERM; ENOSYS, so that others are tried
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER_AT, _MACHINE_AT, _FIRST_ARGUMENT_AT = 0, 4, 16
_X32 = 0x40000000


class _Filter(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("steps", ctypes.c_char_p))


def _filter_calls(libc: ctypes.CDLL) -> bool:
    """Refuse network, programs and what reaches other processes. Whether the kernel could do it."""
    machine = {"x86_64": _X86_64, "aarch64": _ARM64}.get(platform.machine())
    if machine is None:
        return False
    steps = b"".join(_steps(machine))
    return not libc.prctl(_PR_SET_SECCOMP, 2, ctypes.byref(_Filter(len(steps) // 8, steps)), 0, 0)


def _steps(machine: int) -> list[bytes]:
    """The filter: each step is a code, how far to jump when it holds and when not, and a number."""
    column = 0 if machine == _X86_64 else 1
    numbers = [pair[column] for pair in _REFUSED]
    steps = [
        _step(_LOAD, 0, 0, _MACHINE_AT),
        _step(_EQUAL, 1, 0, machine),
        _step(_RETURN, 0, 0, _REFUSE),
        _step(_LOAD, 0, 0, _NUMBER_AT),
        _step(_AT_LEAST, 0, 1, _X32),
        _step(_RETURN, 0, 0, _REFUSE),
        _step(_EQUAL, 0, 1, _CLONE3),
        _step(_RETURN, 0, 0, _UNKNOWN),
    ]
    for number in numbers:
        if number is not None:
            steps += [_step(_EQUAL, 0, 1, number), _step(_RETURN, 0, 0, _REFUSE)]
    return [
        *steps,
        # A thread may be made, a process may not.
        _step(_EQUAL, 0, 3, _CLONE[machine]),
        _step(_LOAD, 0, 0, _FIRST_ARGUMENT_AT),
        _step(_ANY_BIT, 1, 0, _CLONE_THREAD),
        _step(_RETURN, 0, 0, _REFUSE),
        _step(_RETURN, 0, 0, _ALLOW),
    ]


def _step(code: int, then: int, otherwise: int, number: int) -> bytes:
    return struct.pack("=HBBI", code, then, otherwise, number)
