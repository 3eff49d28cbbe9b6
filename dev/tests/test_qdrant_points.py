"""Points through the official client."""

import uuid

import pytest
from conftest import where
from qdrant_client import models


def test_upsert_and_retrieve(client, collection):
    id = str(uuid.uuid4()).upper()
    point = models.PointStruct(id=id, vector={"": [0.1, 0.2, 0.3, 0.4],
                                              "text": models.SparseVector(indices=[7], values=[0.5])}, payload={"a": 1})
    assert client.upsert(collection, [point], wait=True).status == models.UpdateStatus.COMPLETED
    assert client.upsert(collection, [point], wait=False).status == models.UpdateStatus.ACKNOWLEDGED
    found = client.retrieve(collection, [id], with_vectors=True)[0]
    assert found.id == id.lower()
    assert found.payload == {"a": 1}
    assert found.vector["text"].indices == [7]


def test_floats_are_printed_shortest(http, collection):
    body = {"points": [{"id": 1, "vector": [0.5, 0.5, 0.5, 0.5]}, {"id": 2, "vector": [0.1, 0.7, 0.7, 0.1]}]}
    assert http.put(f"/collections/{collection}/points?wait=true", json=body).json()["result"]["status"] == "completed"
    text = http.get(f"/collections/{collection}/points/2").text
    assert max(len(number) for number in text.split("[")[1].split("]")[0].split(",")) <= 12


def test_batch_shape(client, collection):
    client.upsert(collection, models.Batch(ids=[1, 2], vectors=[[1, 0, 0, 0], [0, 1, 0, 0]], payloads=[{"n": 1}, {}]))
    assert client.count(collection).count == 2


def test_points_without_a_vector(client):
    """The registry: a collection with a one-dimension vector that its points leave out."""
    name = "registry"
    client.create_collection(name, models.VectorParams(size=1, distance=models.Distance.DOT))
    client.upsert(name, [models.PointStruct(id=1, vector={}, payload={"kind": "marker"})])
    assert client.retrieve(name, [1])[0].payload == {"kind": "marker"}
    assert client.query_points(name, [1.0]).points == []
    assert client.count(name, count_filter=where("kind", "marker")).count == 1
    client.delete_collection(name)


def test_scroll_pages_filter_and_order(client, collection, fill):
    fill(5)
    page, following = client.scroll(collection, limit=2)
    assert ([point.id for point in page], following) == ([1, 2], 3)
    page, following = client.scroll(collection, limit=10, offset=following)
    assert ([point.id for point in page], following) == ([3, 4, 5], None)
    page, _ = client.scroll(collection, scroll_filter=where("number", 4))
    assert [point.id for point in page] == [4]
    client.create_payload_index(collection, "number", models.PayloadSchemaType.INTEGER)
    page, _ = client.scroll(collection, order_by=models.OrderBy(key="number", direction="desc"), limit=2)
    assert [point.id for point in page] == [5, 4]


def test_count_and_facet(client, collection, fill):
    fill(3, document="a")
    client.set_payload(collection, {"document_id": "b"}, points=[3])
    assert client.count(collection, count_filter=where("document_id", "a"), exact=True).count == 2
    hits = client.facet(collection, "document_id", exact=True).hits
    assert {hit.value: hit.count for hit in hits} == {"a": 2, "b": 1}


def test_delete_by_ids_and_by_filter(client, collection, fill):
    fill(4)
    client.delete(collection, [1])
    client.delete(collection, where("number", 2))
    assert [point.id for point in client.scroll(collection)[0]] == [3, 4]


def test_payload_operations(client, collection, fill):
    fill(1)
    client.set_payload(collection, {"x": 1}, points=[1])
    client.delete_payload(collection, ["number", "revision", "document_id"], points=[1])
    assert client.retrieve(collection, [1])[0].payload == {"x": 1}
    client.overwrite_payload(collection, {"y": 2}, points=[1])
    assert client.retrieve(collection, [1])[0].payload == {"y": 2}
    client.clear_payload(collection, points_selector=[1])
    assert not client.retrieve(collection, [1])[0].payload


def test_vector_operations(client, collection, fill):
    fill(2)
    client.update_vectors(collection, [models.PointVectors(id=1, vector=[0, 0, 0, 1])])
    assert client.query_points(collection, [0, 0, 0, 1]).points[0].id == 1
    client.delete_vectors(collection, [""], points=[1])
    assert [point.id for point in client.query_points(collection, [0, 0, 0, 1]).points] == [2]


@pytest.mark.parametrize(("mode", "revisions"), [("insert_only", [1, 2]), ("update_only", [2])])
def test_update_modes(client, collection, fill, mode, revisions):
    fill(1, revision=1)
    if mode == "insert_only":
        fill(2, revision=2, update_mode=models.UpdateMode.INSERT_ONLY)
    else:
        fill(2, revision=2, update_mode=models.UpdateMode.UPDATE_ONLY)
    assert [point.payload["revision"] for point in client.scroll(collection)[0]] == revisions


def test_update_filter_guards_only_what_exists(client, collection, fill):
    fill(1, revision=5)
    older = models.Filter(must=[models.FieldCondition(key="revision", range=models.Range(lt=3))])
    fill(2, revision=3, update_filter=older)
    assert [point.payload["revision"] for point in client.scroll(collection)[0]] == [5, 3]


def test_batch_of_operations_keeps_what_went_before_a_failure(http, client, collection):
    good = {"upsert": {"points": [{"id": 1, "vector": [1, 0, 0, 0]}]}}
    bad = {"upsert": {"points": [{"id": 2, "vector": [1, 0]}]}}
    path = f"/collections/{collection}/points/batch?wait=true"
    assert http.post(path, json={"operations": [good, bad]}).status_code == 400
    assert client.count(collection).count == 1
    answer = http.post(path, json={"operations": [good, {"delete": {"points": [1]}}]}).json()
    assert [result["status"] for result in answer["result"]] == ["completed", "completed"]
    assert client.count(collection).count == 0
