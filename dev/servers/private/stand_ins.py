"""The Python stand-ins: packages in dev/ that are started the same way."""

import os
from pathlib import Path

from . import processes
from .server import REPOSITORY, Server, answers, python_interpreter


class StandIn(Server):
    ready_path: str

    def launch(self, ports: dict[str, int]) -> None:
        data = self.folder.path / f"{self.name}-data"
        command = [str(python_interpreter()), "-m", self.name, "--port", str(ports[self.name]), "--data", str(data)]
        processes.start(command, _environment(), REPOSITORY / "dev", self.log, self.name, self.folder.path)

    def is_ready(self, ports: dict[str, int]) -> bool:
        return answers(f"http://127.0.0.1:{ports[self.name]}{self.ready_path}")


class Qdrant(StandIn):
    name = "qdrant"
    port_purposes = ("qdrant",)
    ready_path = "/readyz"

    def variables(self, ports: dict[str, int]) -> dict[str, str]:
        return {"OHRA_QDRANT_URL": f"http://127.0.0.1:{ports['qdrant']}"}


class Atlassian(StandIn):
    name = "atlassian"
    port_purposes = ("atlassian",)
    ready_path = "/_control/ready"

    def variables(self, ports: dict[str, int]) -> dict[str, str]:
        site, email, token = f"http://127.0.0.1:{ports['atlassian']}", "robot@haneul.example", "dev-token-haneul"
        return {
            "OHRA_CONFLUENCE_URL": f"{site}/wiki", "OHRA_CONFLUENCE_EMAIL": email, "OHRA_CONFLUENCE_TOKEN": token,
            "OHRA_JIRA_URL": site, "OHRA_JIRA_EMAIL": email, "OHRA_JIRA_TOKEN": token,
            "OHRA_DEV_ATLASSIAN_CONTROL": f"{site}/_control",
        }


def _environment() -> dict[str, str]:
    """Ours, without what would point the interpreter at other packages, or its requests at a proxy."""
    strange = ("PYTHONHOME", "PYTHONPATH")
    kept = {key: value for key, value in os.environ.items() if key not in strange}
    return kept | {"PYTHONPATH": str(Path(REPOSITORY / "dev"))}
