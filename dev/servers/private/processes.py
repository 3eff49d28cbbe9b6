"""Start processes that outlive us, find them again, and end only those that are ours."""

import os
import signal
import subprocess
import time
from pathlib import Path

from .errors import ServerError

_MARK = "OHRA_PRIVATE_SERVER"
_POLL_SECONDS = 0.02
_DEATH_SECONDS = 10


def start(command: list[str], environment: dict[str, str], directory: Path, log: Path, name: str, folder: Path) -> None:
    """Start it in a session of its own, marked as ours, and keep its id in the folder."""
    with log.open("ab") as output:
        process = subprocess.Popen(
            command, env=environment | {_MARK: _mark(folder, name)}, cwd=directory, stdin=subprocess.DEVNULL,
            stdout=output, stderr=subprocess.STDOUT, start_new_session=True)
    _pid_file(folder, name).write_text(f"{process.pid} {_start_time(process.pid)}\n")


def running(folder: Path, name: str) -> int | None:
    """The id of the server, when it lives and is ours.

    The kernel uses ids again, so the start time must be that of our process too. (The mark would not do here:
    while a process replaces its program, as RabbitMQ's scripts do, its environment looks empty for a moment.)
    """
    try:
        pid, started = _pid_file(folder, name).read_text().split()
    except (FileNotFoundError, ValueError):
        return None
    return int(pid) if _start_time(int(pid)) == started else None


def stop(folder: Path, name: str, patience_seconds: float) -> None:
    """Ask it to end, wait, and kill what is left. Safe when nothing runs."""
    if (pid := running(folder, name)) is not None:
        _signal(pid, signal.SIGTERM)
        deadline = time.monotonic() + patience_seconds
        while running(folder, name) is not None and time.monotonic() < deadline:
            time.sleep(_POLL_SECONDS)
    kill(folder, name)


def kill(folder: Path, name: str) -> None:
    """End the server and whatever it started, at once.

    Its helpers are found by the mark they inherit: Erlang's put themselves into sessions of their own.
    """
    if (pid := running(folder, name)) is not None:
        _signal(pid, signal.SIGKILL)
    deadline = time.monotonic() + _DEATH_SECONDS
    empty_looks = 0
    # Twice, because a helper that is just replacing its program shows no mark.
    while empty_looks < 2:
        members = _marked(folder, name)
        empty_looks = 0 if members else empty_looks + 1
        for pid in members:
            _signal(pid, signal.SIGKILL)
        if time.monotonic() > deadline:
            raise ServerError(f"{name}: processes {members} do not die; look at them with ps")
        time.sleep(_POLL_SECONDS)
    _pid_file(folder, name).unlink(missing_ok=True)


def _marked(folder: Path, name: str) -> list[int]:
    """Processes with our mark in their environment; that of a zombie reads empty."""
    mark = f"{_MARK}={_mark(folder, name)}".encode()
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and mark in (entry / "environ").read_bytes().split(b"\0"):
                found.append(int(entry.name))
        except OSError:
            continue
    return found


def _start_time(pid: int) -> str | None:
    """When a living process started, in clock ticks since boot; None for a zombie or for none."""
    try:
        # After the program's name, which is in parentheses and may hold anything: the state, and 19 fields on this.
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] in "ZX" else fields[19]


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass


def _mark(folder: Path, name: str) -> str:
    return f"{folder}:{name}"


def _pid_file(folder: Path, name: str) -> Path:
    return folder / f"{name}.pid"
