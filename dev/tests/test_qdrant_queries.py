"""Searches: dense, sparse, and both fused."""

import math

import pytest
from conftest import where
from qdrant_client import models

SPARSE = models.SparseVector(indices=[7], values=[1.0])


@pytest.fixture
def two_kinds(client, collection):
    """Point 1 is near by its dense vector, point 2 by its words, point 3 by neither."""
    def point(id, dense, word):
        return models.PointStruct(id=id, payload={"id": id}, vector={
            "": dense, "text": models.SparseVector(indices=[word], values=[1.0])})
    client.upsert(collection, [point(1, [1, 0, 0, 0], 1), point(2, [0, 1, 0, 0], 7), point(3, [0, 0.1, 1, 0], 2)])
    return collection


def ids(answer):
    return [point.id for point in answer.points]


def test_dense_with_threshold_filter_and_payload(client, two_kinds):
    assert ids(client.query_points(two_kinds, [1, 0, 0, 0], limit=1)) == [1]
    assert ids(client.query_points(two_kinds, [1, 0, 0, 0], score_threshold=0.9)) == [1]
    found = client.query_points(two_kinds, [1, 0, 0, 0], query_filter=where("id", 3), with_payload=["id"]).points
    assert [point.payload for point in found] == [{"id": 3}]


def test_sparse(client, two_kinds):
    assert ids(client.query_points(two_kinds, SPARSE, using="text")) == [2]


def test_by_id_leaves_out_the_point_itself(client, two_kinds):
    assert 2 not in ids(client.query_points(two_kinds, 2))


@pytest.mark.parametrize("fusion", [
    models.FusionQuery(fusion=models.Fusion.RRF),
    models.FusionQuery(fusion=models.Fusion.DBSF),
    models.RrfQuery(rrf=models.Rrf(weights=[1.0, 3.0])),
])
def test_fusion(client, two_kinds, fusion):
    prefetch = [models.Prefetch(query=[1, 0, 0, 0], limit=1), models.Prefetch(query=SPARSE, using="text", limit=2)]
    found = ids(client.query_points(two_kinds, prefetch=prefetch, query=fusion))
    assert set(found) == {1, 2}
    if isinstance(fusion, models.RrfQuery):
        assert found[0] == 2


def test_weighted_rank_fusion_scores(client, two_kinds):
    """1 / (rank / weight + k - 1), summed over the searches that found the point."""
    prefetch = [models.Prefetch(query=[1, 0, 0, 0], limit=3), models.Prefetch(query=SPARSE, using="text", limit=3)]
    fusion = models.RrfQuery(rrf=models.Rrf(k=3, weights=[0.5, 1.0]))
    found = {point.id: point.score for point in client.query_points(two_kinds, prefetch=prefetch, query=fusion).points}
    assert found[1] == pytest.approx(1 / (1 / 0.5 + 2))
    # Found by its word alone it would be 1 / 3; the dense search has it second or third.
    assert found[2] - 1 / 3 in (pytest.approx(1 / (2 / 0.5 + 2)), pytest.approx(1 / (3 / 0.5 + 2)))


def test_inverse_document_frequency(client, collection):
    """A sparse vector with the modifier scores ln(1 + (N - n + 0.5) / (n + 0.5)) for a term that n of N points have."""
    client.upsert(collection, [
        models.PointStruct(id=id, vector={"": [1, 0, 0, 0], "text": models.SparseVector(indices=terms, values=[1.0] * len(terms))})
        for id, terms in [(1, [5, 7]), (2, [5]), (3, [5]), (4, [9])]])
    asked = models.SparseVector(indices=[5, 7], values=[1.0, 1.0])
    found = {point.id: point.score for point in client.query_points(collection, asked, using="text").points}
    common, rare = math.log(1 + 1.5 / 3.5), math.log(1 + 3.5 / 1.5)
    assert found == {1: pytest.approx(common + rare), 2: pytest.approx(common), 3: pytest.approx(common)}


def test_batch(client, two_kinds):
    requests = [models.QueryRequest(query=[1, 0, 0, 0], limit=1),
                models.QueryRequest(query=SPARSE, using="text", limit=1)]
    assert [ids(answer) for answer in client.query_batch_points(two_kinds, requests)] == [[1], [2]]
