"""Retrieve, scroll, count and facet."""

from typing import Any

import qdrant_edge as edge
from qdrant_client.http import models

from .collection import Collection
from .errors import ApiError, invalid
from .filters import engine_filter
from .parsing import refuse_shard_key
from .values import point_id, point_ids, printed_id, printed_vector, shortest


def with_payload(value: Any, default: bool) -> Any:
    """Which payload fields to return, in the engine's terms."""
    if value is None:
        return default
    if isinstance(value, models.PayloadSelectorInclude):
        return edge.PayloadSelector.Include(value.include)
    if isinstance(value, models.PayloadSelectorExclude):
        return edge.PayloadSelector.Exclude(value.exclude)
    return value


def printed_point(point: edge.Record | edge.ScoredPoint) -> dict:
    printed = {"id": printed_id(point.id), "payload": point.payload}
    if isinstance(point, edge.ScoredPoint):
        printed |= {"version": point.version, "score": shortest(point.score)}
    if point.vector is not None:
        printed["vector"] = printed_vector(point.vector)
    if getattr(point, "order_value", None) is not None:
        printed["order_value"] = point.order_value
    return printed


def retrieve(collection: Collection, request: models.PointRequest) -> list[dict]:
    refuse_shard_key(request)
    records = collection.call("retrieve", point_ids(request.ids), with_payload(request.with_payload, True),
                              request.with_vector or False)
    return [printed_point(record) for record in records]


def get_one(collection: Collection, text: str) -> dict:
    records = collection.call("retrieve", [point_id(int(text) if text.isdigit() else text)], True, True)
    if not records:
        raise ApiError(404, f"Not found: Point with id {text} does not exists!")
    return printed_point(records[0])


def order_by(collection: Collection, value: Any) -> edge.OrderBy | None:
    if value is None:
        return None
    order = models.OrderBy(key=value) if isinstance(value, str) else value
    collection.require_index(order.key, ("integer", "float", "datetime"))
    descending = order.direction == models.Direction.DESC
    start = order.start_from
    return edge.OrderBy(order.key, edge.Direction.Desc if descending else edge.Direction.Asc,
                        start.isoformat() if hasattr(start, "isoformat") else start)


def scroll(collection: Collection, request: models.ScrollRequest) -> dict:
    refuse_shard_key(request)
    if request.limit is not None and request.limit < 1:
        raise invalid("limit", f"value {request.limit} invalid, must be 1 or larger")
    if request.order_by is not None and request.offset is not None:
        raise ApiError(400, "Bad request: Cannot use an `offset` when using `order_by`. The alternative for paging "
                            "is to use `order_by.start_from` and a filter to exclude the IDs that you've already "
                            "seen for the `order_by.start_from` value")
    records, following = collection.call("scroll", edge.ScrollRequest(
        offset=None if request.offset is None else point_id(request.offset),
        limit=request.limit or 10,
        filter=engine_filter(request.filter),
        with_payload=with_payload(request.with_payload, True),
        with_vector=request.with_vector or False,
        order_by=order_by(collection, request.order_by),
    ))
    return {"points": [printed_point(record) for record in records],
            "next_page_offset": None if following is None else printed_id(following)}


def count(collection: Collection, request: models.CountRequest) -> dict:
    refuse_shard_key(request)
    exact = request.exact is not False
    return {"count": collection.call("count", edge.CountRequest(exact=exact, filter=engine_filter(request.filter)))}


def facet(collection: Collection, request: models.FacetRequest) -> dict:
    refuse_shard_key(request)
    collection.require_index(request.key, ("keyword", "integer", "uuid", "bool"))
    answer = collection.call("facet", edge.FacetRequest(request.key, request.limit or 10, bool(request.exact),
                                                        engine_filter(request.filter)))
    return {"hits": [{"value": hit.value, "count": hit.count} for hit in answer.hits]}
