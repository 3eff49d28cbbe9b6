"""Fixtures: one private Qdrant stand-in for the session, and a fresh collection for each test."""

import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from qdrant_client import QdrantClient, models

DEV = Path(__file__).resolve().parents[1]


def servers(command: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Run one of the commands in dev/servers."""
    return subprocess.run([DEV / "servers" / command, *map(str, arguments)], capture_output=True, text=True, timeout=180)


def environment(folder: Path) -> dict[str, str]:
    """The variables that `up` wrote."""
    return dict(re.findall(r"^export (\w+)=(.*)$", (folder / "env").read_text(), re.MULTILINE))


@pytest.fixture(scope="session")
def qdrant_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("qdrant")
    started = servers("up", folder, "qdrant")
    assert started.returncode == 0, started.stderr
    yield folder
    servers("down", folder)


@pytest.fixture(scope="session")
def url(qdrant_folder: Path) -> str:
    return environment(qdrant_folder)["OHRA_QDRANT_URL"]


@pytest.fixture
def http(url: str) -> Iterator[httpx.Client]:
    """Raw requests; scripted faults and counts of earlier tests are gone."""
    with httpx.Client(base_url=url) as client:
        client.delete("/_control/faults")
        client.delete("/_control/requests")
        yield client


@pytest.fixture
def client(url: str) -> Iterator[QdrantClient]:
    client = QdrantClient(url=url, timeout=10)
    yield client
    client.close()


@pytest.fixture
def collection(client: QdrantClient, request: pytest.FixtureRequest) -> Iterator[str]:
    """An empty collection as the fleet has it: an unnamed dense vector, a sparse one, payload indexes."""
    name = re.sub(r"\W+", "-", request.node.name)
    client.create_collection(
        name,
        vectors_config=models.VectorParams(size=4, distance=models.Distance.COSINE),
        sparse_vectors_config={"text": models.SparseVectorParams(modifier=models.Modifier.IDF)},
    )
    client.create_payload_index(name, "document_id", models.PayloadSchemaType.KEYWORD)
    client.create_payload_index(name, "revision", models.PayloadSchemaType.INTEGER)
    yield name
    client.delete_collection(name)


@pytest.fixture
def fill(client: QdrantClient, collection: str) -> Callable[..., None]:
    """Upsert points 1...count of one document."""
    def upsert(count: int, document: str = "a", revision: int = 1, **options: object) -> models.UpdateResult:
        points = [models.PointStruct(id=number, vector=[1.0, number, 0.0, 0.0],
                                     payload={"document_id": document, "revision": revision, "number": number})
                  for number in range(1, count + 1)]
        return client.upsert(collection, points, wait=True, **options)
    return upsert


def where(key: str, value: object) -> models.Filter:
    return models.Filter(must=[models.FieldCondition(key=key, match=models.MatchValue(value=value))])
