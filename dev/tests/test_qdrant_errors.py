"""Statuses and error shapes, over raw HTTP."""

import subprocess
import sys

import httpx
import pytest
from conftest import DEV


def put(http, collection, points, **more):
    return http.put(f"/collections/{collection}/points?wait=true", json={"points": points} | more)


def test_missing_collection(http):
    answer = http.get("/collections/nothing")
    assert answer.status_code == 404
    assert answer.json()["status"] == {"error": "Not found: Collection `nothing` doesn't exist!"}
    assert answer.json()["result"] is None


def test_wrong_dimension_leaves_no_trace(http, client, collection):
    answer = put(http, collection, [{"id": 1, "vector": [1, 0, 0, 0]}, {"id": 2, "vector": [1, 0]}])
    assert answer.status_code == 400
    assert "Vector dimension error: expected dim: 4, got 2" in answer.json()["status"]["error"]
    assert client.count(collection).count == 0


@pytest.mark.parametrize(("point", "status", "text"), [
    ({"id": "no uuid", "vector": [1, 0, 0, 0]}, 400, "not a valid point ID"),
    ({"id": 1, "vector": {"other": [1.0]}}, 400, "Not existing vector name"),
    ({"id": 1, "vector": {"text": {"indices": [1, 1], "values": [1.0, 1.0]}}}, 422, "must be unique"),
])
def test_bad_points(http, collection, point, status, text):
    answer = put(http, collection, [point])
    assert answer.status_code == status
    assert text in answer.json()["status"]["error"]


def test_numbers_that_are_not_finite(http, collection):
    body = b'{"points":[{"id":1,"vector":[NaN,0,0,0]}]}'
    assert http.put(f"/collections/{collection}/points", content=body).status_code == 400


def test_unknown_field_is_refused(http, collection):
    assert put(http, collection, [], udpate_filter={}).status_code == 400


def test_facet_needs_an_index(http, collection):
    answer = http.post(f"/collections/{collection}/facet", json={"key": "title"})
    assert answer.status_code == 400
    assert "Index required but not found" in answer.json()["status"]["error"]


def test_existing_collection(http, collection):
    body = {"vectors": {"size": 4, "distance": "Cosine"}}
    assert http.put(f"/collections/{collection}", json=body).status_code == 409


def test_body_limit(http, collection):
    answer = http.put(f"/collections/{collection}/points", content=b" " * (32 * 1024 * 1024 + 1))
    assert answer.status_code == 400
    assert "larger than allowed" in answer.json()["status"]["error"]


@pytest.mark.parametrize(("method", "path", "body"), [
    ("POST", "/points/search", {"vector": [1, 0, 0, 0], "limit": 1}),
    ("POST", "/points/query", {"query": {"recommend": {"positive": [1]}}}),
    ("PUT", "/points", {"points": [], "shard_key": "a"}),
])
def test_what_is_not_imitated_says_so(http, collection, method, path, body):
    answer = http.request(method, f"/collections/{collection}{path}", json=body)
    assert answer.status_code == 501
    assert "Not supported by the Qdrant stand-in" in answer.json()["status"]["error"]


def test_api_key(tmp_path):
    """The key and the reported version are options that `up` does not pass on, so this server is started by hand."""
    sys.path.insert(0, str(DEV / "servers"))
    from private.ports import HeldPort

    port = HeldPort.choose()
    server = subprocess.Popen([sys.executable, "-m", "qdrant", "--port", str(port.number), "--data", str(tmp_path),
                               "--api-key", "secret", "--version", "1.16.0"], cwd=DEV)
    try:
        transport = httpx.HTTPTransport(retries=10)
        with httpx.Client(base_url=f"http://127.0.0.1:{port.number}", transport=transport) as http:
            assert http.get("/readyz").text == "all shards are ready"
            assert http.get("/").json()["version"] == "1.16.0"
            without, wrong = http.get("/collections"), http.get("/collections", headers={"api-key": "no"})
            assert (without.status_code, wrong.status_code) == (401, 401)
            assert without.headers["content-type"].startswith("text/plain")
            assert without.text == "Must provide an API key or an Authorization bearer token"
            assert wrong.text == "Invalid API key or JWT"
            for headers in ({"api-key": "secret"}, {"authorization": "Bearer secret"}):
                assert http.get("/collections", headers=headers).status_code == 200
    finally:
        server.terminate()
        server.wait()
        port.release()
