"""What every private server has in common."""

import time
import urllib.error
import urllib.request
from abc import ABC, abstractmethod
from pathlib import Path

from . import processes
from .errors import ServerError
from .folder import Folder

REPOSITORY = Path(__file__).resolve().parents[3]
_POLL_SECONDS = 0.05


class Server(ABC):
    name: str
    port_purposes: tuple[str, ...]
    start_seconds: float = 120
    stop_seconds: float = 10
    # Further processes that belong to the server; they stop after it.
    companions: tuple[str, ...] = ()

    def __init__(self, folder: Folder):
        self.folder = folder
        self.log = folder.path / f"{self.name}.log"

    @abstractmethod
    def launch(self, ports: dict[str, int]) -> None:
        """Start the processes; do not wait."""

    @abstractmethod
    def is_ready(self, ports: dict[str, int]) -> bool:
        """A cheap probe."""

    @abstractmethod
    def variables(self, ports: dict[str, int]) -> dict[str, str]:
        """Environment variables for those who use the server."""

    def log_to_show(self) -> Path:
        """The log that explains a failed start."""
        return self.log

    def running(self) -> int | None:
        return processes.running(self.folder.path, self.name)

    def start(self) -> None:
        """Start and wait until ready; on failure nothing is left running. Does nothing when it runs already."""
        if self.running() is not None:
            return
        self.kill()
        held = self.folder.hold_ports(self.port_purposes)
        ports = {purpose: port.number for purpose, port in held.items()}
        try:
            self.launch(ports)
            self._await_ready(ports)
        except BaseException:
            self.kill()
            raise
        finally:
            for port in held.values():
                port.release()

    def _await_ready(self, ports: dict[str, int]) -> None:
        deadline = time.monotonic() + self.start_seconds
        while not self.is_ready(ports):
            if self.running() is None:
                raise ServerError(f"{self.name} ended while starting", self.log_to_show())
            if time.monotonic() > deadline:
                raise ServerError(f"{self.name} was not ready within {self.start_seconds:.0f} s", self.log_to_show())
            time.sleep(_POLL_SECONDS)

    def stop(self) -> None:
        for name in (self.name, *self.companions):
            processes.stop(self.folder.path, name, self.stop_seconds)

    def kill(self) -> None:
        for name in (self.name, *self.companions):
            processes.kill(self.folder.path, name)


def answers(url: str, headers: dict[str, str] | None = None) -> bool:
    """Whether a GET is answered with success."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers or {}), timeout=2):
            return True
    except (urllib.error.URLError, OSError):
        return False


def python_interpreter() -> Path:
    """The interpreter with the packages that the stand-ins need."""
    interpreter = REPOSITORY / ".venv/bin/python"
    if not interpreter.exists():
        raise ServerError(f"{interpreter} is missing: run dev/setup.sh first")
    return interpreter
