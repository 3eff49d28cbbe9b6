"""The work folder: ports, environment file, and a lock against two commands at once."""

import contextlib
import fcntl
import json
import threading
from collections.abc import Iterator
from pathlib import Path

from .ports import HeldPort


class Folder:
    def __init__(self, path: Path):
        self.path = path.resolve()
        self._ports_file = self.path / "ports"
        # Servers start in parallel threads; the lock of the folder is between processes.
        self._ports_lock = threading.Lock()

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Commands on one folder wait for each other."""
        self.path.mkdir(parents=True, exist_ok=True)
        with (self.path / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def recorded_ports(self) -> dict[str, int]:
        """Port by purpose, of every server that was ever started here."""
        return json.loads(self._ports_file.read_text()) if self._ports_file.exists() else {}

    def hold_ports(self, purposes: tuple[str, ...]) -> dict[str, HeldPort]:
        """Ports for these purposes: the recorded ones where there are any, new ones otherwise."""
        with self._ports_lock:
            recorded = self.recorded_ports()
            held = {purpose: HeldPort.again(recorded[purpose], purpose) if purpose in recorded else HeldPort.choose()
                    for purpose in purposes}
            recorded |= {purpose: port.number for purpose, port in held.items()}
            draft = self.path / "ports.new"
            draft.write_text(json.dumps(recorded, indent=2) + "\n")
            draft.replace(self._ports_file)
            return held

    def write_environment(self, variables: dict[str, str]) -> None:
        """The file that tests and the demo source."""
        lines = [f"export {name}={value}\n" for name, value in variables.items()]
        (self.path / "env").write_text("".join(lines))
