"""Debian's RabbitMQ as a private node: own name, ports, data, cookie and port mapper; no service manager."""

import base64
import hashlib
import os
import secrets
from pathlib import Path

from . import processes
from .certificates import Certificates
from .errors import ServerError
from .ports import accepts
from .server import Server, answers

_SERVER = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
_GUEST = {"Authorization": "Basic " + base64.b64encode(b"guest:guest").decode()}
_PLUGINS = "[rabbitmq_management,rabbitmq_prometheus,rabbitmq_stream].\n"

# Two schedulers that do not spin suit a small, shared machine; node-to-node traffic stays on loopback.
_ERLANG = ("+S 2:2 +sbwt none +sbwtdcpu none +sbwtdio none "
           "-kernel inet_dist_use_interface {127,0,0,1}")


class RabbitMQ(Server):
    name = "rabbitmq"
    port_purposes = ("amqp", "amqp_management", "amqp_prometheus", "amqp_stream", "amqp_distribution", "amqp_epmd",
                     "amqp_tls", "amqp_management_tls")
    # A clean stop takes RabbitMQ five seconds.
    stop_seconds = 30
    companions = ("epmd",)

    def launch(self, ports: dict[str, int]) -> None:
        if not _SERVER.exists():
            raise ServerError(f"{_SERVER} is missing: run dev/setup.sh first")
        home = self._home()
        home.mkdir(exist_ok=True)
        self._write_cookie(home / ".erlang.cookie")
        (home / "enabled_plugins").write_text(_PLUGINS)
        certificates = self._certificates()
        certificates.make()
        (home / "rabbitmq.conf").write_text(_configuration(ports, certificates))
        environment = self.environment(ports)
        # Started by us, or else the node would start one that stays for ever after it.
        processes.start(["epmd", "-port", str(ports["amqp_epmd"]), "-address", "127.0.0.1"],
                        environment, home, self.folder.path / "epmd.log", "epmd", self.folder.path)
        # Readiness is read from the log, so it must be that of this start.
        self.log.unlink(missing_ok=True)
        self._console().unlink(missing_ok=True)
        # Input "allowed" (and then refused again) makes the script become the node instead of watching over it.
        processes.start([str(_SERVER), "-noinput"], environment | {"RABBITMQ_ALLOW_INPUT": "1"}, home,
                        self._console(), self.name, self.folder.path)

    def is_ready(self, ports: dict[str, int]) -> bool:
        """The log's last line of a start is the cheap sign; then both doors must really be open."""
        if not self.log.exists() or b"Server startup complete" not in self.log.read_bytes():
            return False
        return accepts(ports["amqp"]) and answers(f"{_management(ports)}/api/overview", _GUEST)

    def variables(self, ports: dict[str, int]) -> dict[str, str]:
        return {"OHRA_AMQP_URL": f"amqp://127.0.0.1:{ports['amqp']}",
                "OHRA_AMQP_MANAGEMENT_URL": _management(ports),
                "OHRA_DEV_AMQPS_URL": f"amqps://localhost:{ports['amqp_tls']}",
                "OHRA_DEV_AMQPS_MANAGEMENT_URL": f"https://localhost:{ports['amqp_management_tls']}",
                "OHRA_DEV_AMQPS_CA_FILE": str(self._certificates().authority)}

    def environment(self, ports: dict[str, int]) -> dict[str, str]:
        """For the node and for rabbitmqctl. Nothing of a system-wide installation's settings gets through."""
        home = self._home()
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("RABBITMQ_", "ERL_"))}
        return kept | {
            "HOME": str(home),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "ERL_EPMD_PORT": str(ports["amqp_epmd"]),
            "RABBITMQ_NODENAME": self._node_name(),
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(ports["amqp"]),
            "RABBITMQ_DIST_PORT": str(ports["amqp_distribution"]),
            "RABBITMQ_CONF_ENV_FILE": "/dev/null",
            "RABBITMQ_CONFIG_FILE": str(home / "rabbitmq.conf"),
            "RABBITMQ_ADVANCED_CONFIG_FILE": str(home / "advanced.config"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(home / "enabled_plugins"),
            "RABBITMQ_MNESIA_BASE": str(home / "data"),
            "RABBITMQ_LOG_BASE": str(self.folder.path),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": _ERLANG,
        }

    def log_to_show(self) -> Path:
        return self.log if self.log.exists() else self._console()

    def _console(self) -> Path:
        """What the node says before it has a log."""
        return self.folder.path / "rabbitmq.out"

    def _home(self) -> Path:
        return self.folder.path / "rabbitmq-data"

    def _certificates(self) -> Certificates:
        return Certificates(self.folder.path / "rabbitmq-tls")

    def _node_name(self) -> str:
        return f"ohra-{hashlib.sha256(str(self.folder.path).encode()).hexdigest()[:12]}@localhost"

    @staticmethod
    def _write_cookie(file: Path) -> None:
        if not file.exists():
            file.touch(mode=0o600)
            file.write_text(secrets.token_hex(16))
            file.chmod(0o400)


def _management(ports: dict[str, int]) -> str:
    return f"http://127.0.0.1:{ports['amqp_management']}"


def _configuration(ports: dict[str, int], certificates: Certificates) -> str:
    return f"""\
listeners.ssl.1 = 127.0.0.1:{ports["amqp_tls"]}
ssl_options.cacertfile = {certificates.authority}
ssl_options.certfile = {certificates.certificate}
ssl_options.keyfile = {certificates.key}
management.tcp.ip = 127.0.0.1
management.tcp.port = {ports["amqp_management"]}
management.ssl.ip = 127.0.0.1
management.ssl.port = {ports["amqp_management_tls"]}
management.ssl.cacertfile = {certificates.authority}
management.ssl.certfile = {certificates.certificate}
management.ssl.keyfile = {certificates.key}
prometheus.tcp.ip = 127.0.0.1
prometheus.tcp.port = {ports["amqp_prometheus"]}
stream.listeners.tcp.1 = 127.0.0.1:{ports["amqp_stream"]}
log.file = rabbitmq.log
log.file.level = info
# Tests read queue lengths from the management API; its figures are as old as this, in milliseconds.
collect_statistics_interval = 1000
# Small, for a test machine with a full disk; production wants gigabytes.
disk_free_limit.absolute = 256MB
vm_memory_high_watermark.absolute = 1GB
"""
