"""`up` and `down`: private servers that leave nothing behind."""

import base64
import json
import os
import socket
import urllib.request
from pathlib import Path

from conftest import environment, servers

LOOPBACK = "0100007F"
LOOPBACK_6 = "00000000000000000000000001000000"


def listening(ports: set[int]) -> set[tuple[int, str]]:
    """(port, address) of the listening sockets on these ports, as the kernel has them."""
    found = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        for line in Path(table).read_text().splitlines()[1:]:
            address, port = line.split()[1].split(":")
            if line.split()[3] == "0A" and int(port, 16) in ports:
                found.add((int(port, 16), address))
    return found


def processes_of(folder: Path) -> list[int]:
    """Living processes whose environment names the folder, as that of all our servers does."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and f"OHRA_PRIVATE_SERVER={folder}:".encode() in (entry / "environ").read_bytes():
                found.append(int(entry.name))
        except OSError:
            continue
    return found


def test_rabbitmq_comes_and_goes(tmp_path):
    started = servers("up", tmp_path, "rabbitmq")
    assert started.returncode == 0, started.stderr
    try:
        variables = environment(tmp_path)
        host, port = variables["OHRA_AMQP_URL"].removeprefix("amqp://").split(":")
        with socket.create_connection((host, int(port)), timeout=5) as client:
            client.sendall(b"AMQP\x00\x00\x09\x01")
            assert client.recv(1) == b"\x01"
        request = urllib.request.Request(variables["OHRA_AMQP_MANAGEMENT_URL"] + "/api/overview")
        request.add_header("Authorization", "Basic " + base64.b64encode(b"guest:guest").decode())
        overview = json.load(urllib.request.urlopen(request, timeout=5))
        assert overview["node"].startswith("ohra-")
        ports = set(json.loads((tmp_path / "ports").read_text()).values())
        assert {port for port, _ in listening(ports)} == ports
        assert {address for _, address in listening(ports)} <= {LOOPBACK, LOOPBACK_6}
        assert len(processes_of(tmp_path)) > 1
    finally:
        servers("kill", tmp_path)
    assert processes_of(tmp_path) == []


def test_down_ends_only_what_is_ours(tmp_path):
    """A process id that was used again by somebody else must not be touched."""
    (tmp_path / "qdrant.pid").write_text(f"{os.getppid()} 1\n")
    assert servers("down", tmp_path).returncode == 0
    assert Path(f"/proc/{os.getppid()}").exists()


def test_a_failed_start_names_the_log_and_leaves_nothing(tmp_path):
    (tmp_path / "qdrant-data").write_text("in the way")
    failed = servers("up", tmp_path, "qdrant")
    assert failed.returncode == 1
    assert failed.stderr.startswith("qdrant ended while starting; see ")
    assert "NotADirectoryError" in failed.stderr
    assert processes_of(tmp_path) == []


def test_usage(tmp_path):
    assert servers("up", tmp_path, "oracle").returncode == 64
    assert servers("down", tmp_path / "never").returncode == 0
