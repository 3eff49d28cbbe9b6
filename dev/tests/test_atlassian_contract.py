"""The extractor, Jira Cloud's stand-in and Atlassian's OpenAPI document: each request and each answer is what it says.

Needs the programs (OHRA_BIN_DIR), the shared fixtures (OHRA_FIXTURES) and servers, all of which dev/test provides.
"""

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from dev.contract.openapi import Contract
from dev.contract.recorder import Exchange, Recorder
from dev.markdown.cases import folder as fixtures

# What a run with a census takes. A test that saw less would prove less.
OPERATIONS = {
    "GET /rest/api/3/field", "GET /rest/api/3/project/search", "POST /rest/api/3/search/jql",
    "GET /rest/api/3/issue/{issueIdOrKey}/comment", "GET /rest/api/3/project/{projectKeyOrId}/permissionscheme",
    "GET /rest/api/3/project/{projectIdOrKey}/role/{id}", "GET /rest/api/3/issuesecurityschemes/level/member",
}
# Version 2 of these is the same; the document of version 3 describes both.
OF_BOTH_VERSIONS = {"/rest/api/2/myself", "/rest/api/2/serverInfo"}


@pytest.fixture(scope="module")
def contract() -> Contract:
    root = fixtures()
    if root is None:
        pytest.skip("SKIPPED: the shared fixtures are not here (OHRA_FIXTURES); nothing was held against Jira's OpenAPI document")
    return Contract(json.loads((root / "openapi/jira-cloud-platform-v3.openapi.json").read_text()))


@pytest.fixture(scope="module")
def exchanges() -> Iterator[list[Exchange]]:
    """What passes between the extractor and Jira in a run over everything, with small pages and a census."""
    missing = [name for name in ("OHRA_BIN_DIR", "OHRA_JIRA_URL", "OHRA_QDRANT_URL", "OHRA_AMQP_URL") if name not in os.environ]
    if missing:
        pytest.skip(f"SKIPPED: {', '.join(missing)} not set; run dev/test, which builds the programs and starts servers")
    control = os.environ["OHRA_DEV_ATLASSIAN_CONTROL"]
    httpx.post(control + "/reset").raise_for_status()
    httpx.post(control + "/issues/FLEET-3", json={"security": "Incident room"}).raise_for_status()
    recorder = Recorder(os.environ["OHRA_JIRA_URL"])
    command = [Path(os.environ["OHRA_BIN_DIR"]) / "extractor", "jira", "--since", "2015-01-01", "--prune", "--dry-run", "--json"]
    settings = {"OHRA_JIRA_URL": recorder.url, "OHRA_JIRA_FIELDS": "Story Points", "OHRA_QDRANT_COLLECTION": "atlassian-contract"}
    try:
        done = subprocess.run(command, env=os.environ | settings, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        yield recorder.exchanges
    finally:
        recorder.close()


def test_every_request_and_answer_is_what_the_document_says(contract: Contract, exchanges: list[Exchange]) -> None:
    for exchange in exchanges:
        if exchange.path in OF_BOTH_VERSIONS:
            exchange.path = exchange.path.replace("/2/", "/3/")
    faults = [f"{exchange}: {fault}" for exchange in exchanges for fault in contract.faults(exchange)]
    assert not faults, "\n".join(sorted(set(faults))[:20])
    seen = {contract.operation(exchange) for exchange in exchanges}
    assert OPERATIONS <= seen, OPERATIONS - seen


def test_the_check_finds_what_is_wrong(contract: Contract) -> None:
    """Held against the document, these must not pass."""
    ask = b'{"jql":"project = A","fields":["summary"],"maxResults":100}'
    path, none = "/rest/api/3/search/jql", b'{"issues":[],"isLast":true}'
    wrong = [
        Exchange("POST", "/rest/api/3/search", "", ask, 410, b"{}"),
        Exchange("POST", path, "", ask.replace(b"maxResults", b"maxResult"), 200, none),
        Exchange("POST", path, "", ask.replace(b'["summary"]', b'"summary"'), 200, none),
        Exchange("POST", path, "", ask, 200, none.replace(b"isLast", b"last")),
        Exchange("POST", path, "", ask, 200, b'{"issues":[{"id":7}]}'),
        Exchange("GET", "/rest/api/3/project/search", "start=0", b"", 200, b'{"values":[],"isLast":true}'),
    ]
    faultless = [str(exchange) for exchange in wrong[1:] if not contract.faults(exchange)]
    assert faultless == []
    assert contract.faults(Exchange("POST", path, "", ask, 200, none)) == []
