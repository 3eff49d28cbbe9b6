"""Faults ordered beforehand through the control endpoint."""

import time

import httpx
import pytest


def order(http, **fault):
    http.post("/_control/faults", json=[{"method": "PUT", "path_contains": "/points"} | fault]).raise_for_status()


def put(http, collection):
    return http.put(f"/collections/{collection}/points?wait=true", json={"points": [{"id": 1, "vector": {}}]})


def test_status_with_retry_after_as_often_as_ordered(http, collection):
    order(http, status=429, retry_after=7, times=2)
    answers = [put(http, collection) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [429, 429, 200]
    assert answers[0].headers["retry-after"] == "7"
    assert "injected 429" in answers[0].json()["status"]["error"]


@pytest.mark.parametrize(("kind", "points"), [("reset_before", 0), ("reset_after", 1)])
def test_reset(http, client, collection, kind, points):
    order(http, **{kind: True})
    with pytest.raises(httpx.ReadError, match="reset"):
        put(http, collection)
    assert client.count(collection).count == points


def test_delay(http, collection):
    order(http, delay_ms=300)
    began = time.monotonic()
    assert put(http, collection).status_code == 200
    assert time.monotonic() - began >= 0.3


def test_result_status(http, collection):
    order(http, result_status="wait_timeout")
    assert put(http, collection).json()["result"]["status"] == "wait_timeout"
    assert put(http, collection).json()["result"]["status"] == "completed"


def test_clearing(http, collection):
    order(http, status=500, times=100)
    http.delete("/_control/faults")
    assert put(http, collection).status_code == 200


def test_a_wrong_order_is_refused(http):
    for fault in ({"status": 500, "delay_ms": 1}, {"statsu": 500}, {}):
        assert http.post("/_control/faults", json=[fault]).status_code == 400


def test_requests_are_counted(http, collection):
    http.delete("/_control/requests")
    put(http, collection)
    put(http, collection)
    http.get("/strange")
    assert http.get("/_control/requests").json() == {"PUT /collections/{collection}/points": 2, "GET /strange": 1}
