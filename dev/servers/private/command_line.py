"""The commands: up, down, status, kill, restart."""

import signal
import sys
import time
from collections.abc import Callable
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from pathlib import Path

from .errors import ServerError
from .folder import Folder
from .rabbitmq import RabbitMQ
from .server import Server
from .stand_ins import Atlassian, Qdrant

_SERVERS: dict[str, type[Server]] = {kind.name: kind for kind in (RabbitMQ, Qdrant, Atlassian)}


def main(command: str, usage: str) -> int:
    """Run a command with the arguments of the process: DIR and names of servers, all of them by default."""
    directory, *names = sys.argv[1:] or [""]
    if not directory or directory.startswith("-") or set(names) - set(_SERVERS):
        print(f"{usage}\nservers: {' '.join(_SERVERS)}", file=sys.stderr)
        return 64
    # A terminated command cleans up like an interrupted one.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    folder = Folder(Path(directory))
    if command in ("down", "kill", "status") and not folder.path.is_dir():
        return 0
    servers = [_SERVERS[name](folder) for name in names or _SERVERS]
    try:
        with folder.locked():
            _COMMANDS[command](folder, servers)
    except ServerError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def _up(folder: Folder, servers: list[Server]) -> None:
    """Start what does not run yet, all at once; when one fails, none of them is left running."""
    new = [server for server in servers if server.running() is None]
    try:
        _in_parallel(_start_and_say, new)
    except BaseException:
        for server in new:
            server.kill()
        raise
    ports = folder.recorded_ports()
    known = [kind(folder) for kind in _SERVERS.values() if set(kind.port_purposes) <= set(ports)]
    folder.write_environment({name: value for server in known for name, value in server.variables(ports).items()})


def _start_and_say(server: Server) -> None:
    began = time.monotonic()
    server.start()
    address = next(iter(server.variables(server.folder.recorded_ports()).values()))
    print(f"{server.name} ready after {time.monotonic() - began:.1f} s at {address}", flush=True)


def _in_parallel(action: Callable[[Server], None], servers: list[Server]) -> None:
    """Act on all of them; the first failure ends the others, so that nobody waits for their deadline."""
    with ThreadPoolExecutor(len(_SERVERS)) as pool:
        tasks = [pool.submit(action, server) for server in servers]
        try:
            done, _ = wait(tasks, return_when=FIRST_EXCEPTION)
            for task in done:
                task.result()
        except BaseException:
            for server in servers:
                server.kill()
            raise


def _down(_: Folder, servers: list[Server]) -> None:
    _in_parallel(lambda server: server.stop(), servers)


def _kill(_: Folder, servers: list[Server]) -> None:
    for server in servers:
        server.kill()


def _restart(folder: Folder, servers: list[Server]) -> None:
    """Only what was started here before; without names that means all of it."""
    known = [server for server in servers if set(server.port_purposes) <= set(folder.recorded_ports())]
    if not known:
        raise ServerError(f"none of these servers was ever started in {folder.path}: use up")
    _down(folder, known)
    _up(folder, known)


def _status(folder: Folder, servers: list[Server]) -> None:
    ports = folder.recorded_ports()
    for server in servers:
        pid = server.running()
        numbers = [f"{purpose}={ports[purpose]}" for purpose in server.port_purposes if purpose in ports]
        print(f"{server.name}: {'stopped' if pid is None else f'running, pid {pid}'} {' '.join(numbers)}".rstrip())


_COMMANDS: dict[str, Callable[[Folder, list[Server]], None]] = {
    "up": _up, "down": _down, "kill": _kill, "restart": _restart, "status": _status,
}
