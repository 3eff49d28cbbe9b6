"""The extractor, Confluence Cloud's stand-in and Atlassian's OpenAPI documents: each request and each answer is what they say.

That also proves that nothing is called which version 1 has lost. Needs the programs (OHRA_BIN_DIR), the shared fixtures
(OHRA_FIXTURES) and servers, all of which dev/test provides.
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

# Recorded answers of real sites have null here.
SITES_DO_OTHERWISE = ".parentType: None is not of type 'string'"
VERSION_2 = "/wiki/api/v2"
# What a run with a census takes. A test that saw less would prove less.
OPERATIONS = {
    1: {"GET /wiki/rest/api/user/current", "GET /wiki/rest/api/content/search"},
    2: {"GET /spaces", "GET /spaces/{id}/permissions", "GET /pages", "GET /blogposts"},
}


@pytest.fixture(scope="module")
def contracts() -> dict[int, Contract]:
    root = fixtures()
    if root is None:
        pytest.skip("SKIPPED: the shared fixtures are not here (OHRA_FIXTURES); nothing was held against Confluence's documents")
    return {version: Contract(json.loads((root / f"openapi/confluence-cloud-v{version}.openapi.json").read_text()))
            for version in (1, 2)}


@pytest.fixture(scope="module")
def exchanges() -> Iterator[list[Exchange]]:
    """What passes between the extractor and Confluence in a run over everything, with a census."""
    needed = ("OHRA_BIN_DIR", "OHRA_CONFLUENCE_URL", "OHRA_QDRANT_URL", "OHRA_AMQP_URL")
    missing = [name for name in needed if name not in os.environ]
    if missing:
        pytest.skip(f"SKIPPED: {', '.join(missing)} not set; run dev/test, which builds the programs and starts servers")
    httpx.post(os.environ["OHRA_DEV_ATLASSIAN_CONTROL"] + "/reset").raise_for_status()
    recorder = Recorder(os.environ["OHRA_CONFLUENCE_URL"].removesuffix("/wiki"))
    program = Path(os.environ["OHRA_BIN_DIR"]) / "extractor"
    command = [program, "confluence", "--since", "2015-01-01", "--prune", "--dry-run", "--json"]
    settings = {"OHRA_CONFLUENCE_URL": recorder.url + "/wiki", "OHRA_QDRANT_COLLECTION": "confluence-contract"}
    try:
        done = subprocess.run(command, env=os.environ | settings, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        yield recorder.exchanges
    finally:
        recorder.close()


def version_of(exchange: Exchange) -> int:
    """The version of the API that is asked, whose document leaves its prefix out."""
    if not exchange.path.startswith(VERSION_2):
        return 1
    exchange.path = exchange.path.removeprefix(VERSION_2)
    return 2


def test_every_request_and_answer_is_what_the_documents_say(contracts, exchanges) -> None:
    faults, seen = set(), {1: set(), 2: set()}
    for exchange in exchanges:
        version = version_of(exchange)
        faults |= {f"{exchange}: {fault}" for fault in contracts[version].faults(exchange) if SITES_DO_OTHERWISE not in fault}
        seen[version].add(contracts[version].operation(exchange))
    assert not faults, "\n".join(sorted(faults)[:20])
    assert OPERATIONS[1] <= seen[1] and OPERATIONS[2] <= seen[2], seen


def test_the_check_finds_what_is_wrong(contracts) -> None:
    """Held against the documents, these must not pass."""
    listing = b'{"results":[],"size":0,"limit":25,"start":0,"_links":{}}'
    wrong = [
        (1, Exchange("GET", "/wiki/rest/api/content/65609/child/comment", "depth=all", b"", 200, listing)),
        (1, Exchange("GET", "/wiki/rest/api/space", "", b"", 200, listing)),
        (1, Exchange("GET", "/wiki/rest/api/content/search", "cql=type%3Dpage&start=25", b"", 200, listing)),
        (1, Exchange("GET", "/wiki/rest/api/content/search", "cql=type%3Dpage", b"", 200, b'{"results":{}}')),
        (2, Exchange("GET", "/pages", "space-id=1&since=2026", b"", 200, b'{"results":[]}')),
    ]
    assert [str(exchange) for version, exchange in wrong if not contracts[version].faults(exchange)] == []
    assert contracts[1].faults(Exchange("GET", "/wiki/rest/api/content/search", "cql=type%3Dpage", b"", 200, listing)) == []
