"""Free loopback ports, held until the server has taken them."""

import random
import socket
from pathlib import Path

from .errors import ServerError

_LOWEST = 15000


def _end_of_our_range() -> int:
    """Ports stay below those the kernel gives to outgoing connections.

    Otherwise a client that keeps trying a stopped server may be given the server's own port, connect to itself
    and keep the server from starting again.
    """
    return int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])


class HeldPort:
    """A port that is bound but not listened on, so that no other `up` chooses it while our server still starts.

    SO_REUSEADDR on both sides lets the server bind and listen beside us.
    """

    def __init__(self, bound: socket.socket):
        self._socket = bound
        self.number: int = bound.getsockname()[1]

    @classmethod
    def choose(cls) -> "HeldPort":
        """A random port that the kernel says nobody uses."""
        for _ in range(1000):
            bound = socket.socket()
            try:
                bound.bind(("127.0.0.1", random.randrange(_LOWEST, _end_of_our_range())))
            except OSError:
                bound.close()
                continue
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            return cls(bound)
        raise ServerError("no free loopback port found in 1000 tries")

    @classmethod
    def again(cls, number: int, purpose: str) -> "HeldPort":
        """The port of an earlier start."""
        bound = socket.socket()
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            bound.bind(("127.0.0.1", number))
        except OSError as error:
            bound.close()
            raise ServerError(f"port {number} ({purpose}) of the last start is taken by another process: "
                              "stop that one, or use a new folder") from error
        return cls(bound)

    def release(self) -> None:
        self._socket.close()


def accepts(port: int) -> bool:
    """Whether something listens there."""
    with socket.socket() as client:
        client.settimeout(1)
        return client.connect_ex(("127.0.0.1", port)) == 0
