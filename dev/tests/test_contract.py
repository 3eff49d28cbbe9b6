"""The fleet and Qdrant: every request and answer is what Qdrant's OpenAPI document says, and the official client reads what
was written.

Needs the programs (OHRA_BIN_DIR), the shared fixtures (OHRA_FIXTURES) and servers, all of which dev/test provides. With
OHRA_QDRANT_URL set to a real server that server is asked.
"""

import hashlib
import json
import math
import os
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import where
from qdrant_client import QdrantClient

from dev.contract.openapi import Contract
from dev.contract.recorder import Exchange, Recorder
from dev.markdown.cases import folder as fixtures

NAMESPACE = uuid.UUID("6f1c2d3e-8a54-5b0e-9d27-0f8e4a6b1c90")
DIMENSION = 24
PAYLOAD = {"document_id", "title", "content", "url", "author", "updated_at", "source_type", "version_key", "revision", "epoch",
           "fingerprint", "chunk_index", "chunk_count", "hash", "embed_hash", "metadata"}
# What a load, a change, a deletion, an audit, a migration and a search take. A test that saw less would prove less.
OPERATIONS = {
    "GET /", "GET /aliases", "POST /collections/aliases", "GET /collections/{collection_name}",
    "PUT /collections/{collection_name}", "DELETE /collections/{collection_name}",
    "GET /collections/{collection_name}/exists", "PUT /collections/{collection_name}/index",
    "PUT /collections/{collection_name}/points", "POST /collections/{collection_name}/points",
    "POST /collections/{collection_name}/points/scroll", "POST /collections/{collection_name}/points/count",
    "POST /collections/{collection_name}/points/delete", "POST /collections/{collection_name}/points/query",
}


class Fleet:
    """The programs before a recorder; `name` is its collection and the prefix of its queues."""

    def __init__(self, name: str, texts: Path, recorder: Recorder, dimension: int):
        self.name = name
        self._environment = os.environ | {
            "OHRA_AMQP_PREFIX": name, "OHRA_QDRANT_COLLECTION": name, "OHRA_QDRANT_URL": recorder.url,
            "OHRA_FILES_PATH": str(texts), "OHRA_FILES_INSTANCE": "contract", "OHRA_EMBEDDING_PROVIDER": "hash",
            "OHRA_EMBEDDING_DIMENSION": str(dimension), "OHRA_QDRANT_ON_DISK": "true",
            "OHRA_QDRANT_QUANTIZATION": "int8",
        }

    def run(self, program: str, *arguments: str, expecting: int = 0) -> str:
        command = [Path(os.environ["OHRA_BIN_DIR"]) / program, *arguments]
        done = subprocess.run(command, env=self._environment, capture_output=True, text=True, timeout=120)
        assert done.returncode == expecting, f"{program} {arguments}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def load(self, *arguments: str) -> None:
        self.run("extractor", "files", "--since", "2000-01-01", *arguments)
        self.run("transformer", "--drain", "--idle", "0.5")
        self.run("loader", "--drain", "--idle", "0.5")


@pytest.fixture(scope="module")
def contract() -> Contract:
    root = fixtures()
    if root is None:
        pytest.skip("SKIPPED: the shared fixtures are not here (OHRA_FIXTURES); nothing was held against Qdrant's OpenAPI document")
    return Contract(json.loads((root / "openapi/qdrant-v1.19.openapi.json").read_text()))


@pytest.fixture(scope="module")
def server() -> str:
    missing = [name for name in ("OHRA_BIN_DIR", "OHRA_AMQP_URL", "OHRA_QDRANT_URL") if name not in os.environ]
    if missing:
        pytest.skip(f"SKIPPED: {', '.join(missing)} not set; run dev/test, which builds the programs and starts servers")
    return os.environ["OHRA_QDRANT_URL"]


@pytest.fixture(scope="module")
def direct(server: str) -> Iterator[QdrantClient]:
    client = QdrantClient(url=server, api_key=os.environ.get("OHRA_QDRANT_API_KEY"), timeout=30)
    yield client
    client.close()


@pytest.fixture(scope="module")
def story(server: str, direct: QdrantClient, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Fleet, list[Exchange]]]:
    """A fleet's life, and what passed between it and Qdrant."""
    texts, name = tmp_path_factory.mktemp("texts"), f"contract-{uuid.uuid4().hex[:8]}"
    for number in range(12):
        (texts / f"{number}.md").write_text(f"# Text {number}\n\n" + f"Dock {number} 냉동 화물. " * (1 + number * 40))
    recorder = Recorder(server)
    fleet, following = Fleet(name, texts, recorder, DIMENSION), Fleet(name + "-next", texts, recorder, DIMENSION * 2)
    try:
        fleet.load()
        (texts / "1.md").write_text("# Text 1\n\nChanged.")
        (texts / "2.md").unlink()
        fleet.load("--prune", "--max-removals", "50%")
        fleet.run("ohra", "check")
        fleet.run("ohra", "status")
        fleet.run("ohra", "search", "냉동 화물")
        lost = direct.scroll(name, limit=1)[0][0]
        direct.delete(name, [lost.id], wait=True)
        fleet.run("loader", "audit", "--grace", "0", expecting=1)
        fleet.run("loader", "audit", "--grace", "0", "--repair")
        fleet.load()
        fleet.run("loader", "audit", "--grace", "0")
        following.load()
        fleet.run("loader", "migrate", following.name)
        fleet.run("loader", "migrate", f"{name}_v1")
        fleet.run("loader", "migrate", "--drop", f"{following.name}_v1", "--force")
        yield fleet, recorder.exchanges
    finally:
        recorder.close()
        for collection in (f"{it}_v1{suffix}" for it in (name, following.name) for suffix in ("", "_registry")):
            direct.delete_collection(collection)


def test_every_request_and_answer_is_what_the_document_says(contract: Contract, story: tuple[Fleet, list[Exchange]]) -> None:
    _, exchanges = story
    faults = [f"{exchange}: {fault}" for exchange in exchanges for fault in contract.faults(exchange)]
    assert not faults, "\n".join(sorted(set(faults))[:20])
    assert {contract.operation(exchange) for exchange in exchanges} == OPERATIONS


def test_the_check_finds_what_is_wrong(contract: Contract) -> None:
    """Held against the document, these must not pass."""
    done = b'{"result":{"operation_id":1,"status":"completed"},"status":"ok","time":0.1}'
    wrong = [
        Exchange("PUT", "/collections/c/point", "", b'{"points":[]}', 200, done),
        Exchange("PUT", "/collections/c/points", "wiat=true", b'{"points":[]}', 200, done),
        Exchange("PUT", "/collections/c/points", "wait=true", b'{"points":[{"vector":[1]}]}', 200, done),
        Exchange("PUT", "/collections/c/points", "wait=true", b'{"points":[]}', 200, b'{"result":{"status":"done"}}'),
        Exchange("POST", "/collections/c/points/count", "", b'{"exact":"yes"}', 200, b'{"result":{"count":1}}'),
        Exchange("POST", "/collections/c/points/count", "", b'{"exact":true}', 200, b'{"result":{"count":-1}}'),
    ]
    assert [exchange for exchange in wrong if not contract.faults(exchange)] == []
    right = Exchange("PUT", "/collections/c/points", "wait=true", b'{"points":[{"id":1,"vector":[1],"payload":null}]}', 200, done)
    assert contract.faults(right) == []


def test_the_official_client_reads_what_was_written(story: tuple[Fleet, list[Exchange]], direct: QdrantClient) -> None:
    fleet, _ = story
    points, _ = direct.scroll(fleet.name, limit=1000, with_payload=True, with_vectors=True)
    registry, _ = direct.scroll(f"{fleet.name}_registry", limit=1000, with_payload=True)
    markers = {point.payload["document_id"]: point.payload for point in registry if point.payload["kind"] == "marker"}
    assert len(markers) == 12 and sum(marker["state"] == "deleted" for marker in markers.values()) == 1
    chunks = {identifier: 0 for identifier in markers}
    for point in points:
        payload = point.payload
        assert set(payload) == PAYLOAD
        name = [payload["document_id"], payload["revision"], payload["epoch"], payload["fingerprint"], payload["chunk_index"]]
        assert uuid.UUID(point.id) == uuid.uuid5(NAMESPACE, "\x1f".join(map(str, name)))
        assert payload["hash"] == hashlib.sha256(payload["content"].encode()).hexdigest()
        vector = point.vector[""] if isinstance(point.vector, dict) else point.vector
        assert len(vector) == DIMENSION and math.isclose(math.hypot(*vector), 1, abs_tol=1e-5)
        marker = markers[payload["document_id"]]
        assert all(payload[key] == marker[key] for key in ("revision", "epoch", "fingerprint", "version_key", "chunk_count"))
        chunks[payload["document_id"]] += 1
    assert chunks == {identifier: marker["chunk_count"] for identifier, marker in markers.items()}
    first = points[0]
    found = direct.query_points(
        fleet.name, query=first.vector[""] if isinstance(first.vector, dict) else first.vector, limit=1,
        query_filter=where("document_id", first.payload["document_id"])).points
    assert math.isclose(found[0].score, 1, abs_tol=1e-4)


def test_the_collection_is_laid_out_as_the_settings_say(story: tuple[Fleet, list[Exchange]], direct: QdrantClient) -> None:
    fleet, _ = story
    info = direct.get_collection(fleet.name)
    assert info.config.params.vectors.on_disk is True
    assert info.config.quantization_config.scalar.type == "int8"
    assert {"document_id", "source_type", "version_key", "hash", "updated_at"} <= set(info.payload_schema)
