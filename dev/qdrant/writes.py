"""Point updates: a request becomes one engine operation."""

from collections.abc import Callable
from typing import Any

import qdrant_edge as edge
from qdrant_client.http import models

from .collection import Collection
from .errors import ApiError, invalid
from .filters import engine_filter
from .parsing import engine_enum, refuse_shard_key
from .values import point_id, point_ids, printed_id

_Operation = edge.UpdateOperation
Build = Callable[[Collection, Any], edge.UpdateOperation]


def upsert(collection: Collection, request: models.PointsList | models.PointsBatch) -> edge.UpdateOperation:
    refuse_shard_key(request)
    points = [edge.Point(point_id(id), collection.shapes.point_vectors(vector), payload)
              for id, vector, payload in _rows(request)]
    return _Operation.upsert_points(points, condition=engine_filter(request.update_filter),
                                    update_mode=engine_enum(edge.UpdateMode, request.update_mode))


def _rows(request: models.PointsList | models.PointsBatch) -> list[tuple]:
    """(id, vector, payload) of either shape: a list of points, or one list per column."""
    if isinstance(request, models.PointsList):
        return [(point.id, point.vector, point.payload) for point in request.points]
    batch = request.batch
    size = len(batch.ids)
    payloads = batch.payloads or [None] * size
    columns = batch.vectors.values() if isinstance(batch.vectors, dict) else [batch.vectors]
    if len(payloads) != size or any(len(column) != size for column in columns):
        raise invalid("batch", "ids, vectors and payloads must be of equal length")
    if isinstance(batch.vectors, dict):
        vectors = [{name: column[row] for name, column in batch.vectors.items()} for row in range(size)]
    else:
        vectors = batch.vectors
    return list(zip(batch.ids, vectors, payloads))


def update_vectors(collection: Collection, request: models.UpdateVectors) -> edge.UpdateOperation:
    refuse_shard_key(request)
    if any(point.vector == {} for point in request.points):
        raise invalid("points.vector", "must specify vectors to update for point")
    ids = point_ids([point.id for point in request.points])
    known = {record.id for record in collection.call("retrieve", ids, False, False)}
    for id in ids:
        if id not in known:
            raise ApiError(404, f"Not found: No point with id {printed_id(id)} found")
    vectors = [edge.PointVectors(id, collection.shapes.point_vectors(point.vector))
               for id, point in zip(ids, request.points)]
    return _Operation.update_vectors(vectors, condition=engine_filter(request.update_filter))


def _selecting(by_ids: Callable, by_filter: Callable) -> Build:
    """An operation on points chosen by ids or by a filter; the engine has one of each."""
    def build(_: Collection, request: Any) -> edge.UpdateOperation:
        refuse_shard_key(request)
        if getattr(request, "points", None) is not None:
            return by_ids(point_ids(request.points), request)
        if getattr(request, "filter", None) is not None:
            return by_filter(engine_filter(request.filter), request)
        raise invalid("points", "Either list of point ids or filter must be provided")
    return build


delete = _selecting(lambda ids, _: _Operation.delete_points(ids),
                    lambda where, _: _Operation.delete_points_by_filter(where))
set_payload = _selecting(lambda ids, r: _Operation.set_payload(ids, r.payload, r.key),
                         lambda where, r: _Operation.set_payload_by_filter(where, r.payload, r.key))
overwrite_payload = _selecting(lambda ids, r: _Operation.overwrite_payload(ids, r.payload),
                               lambda where, r: _Operation.overwrite_payload_by_filter(where, r.payload))
delete_payload = _selecting(lambda ids, r: _Operation.delete_payload(ids, r.keys),
                            lambda where, r: _Operation.delete_payload_by_filter(where, r.keys))
clear_payload = _selecting(lambda ids, _: _Operation.clear_payload(ids),
                           lambda where, _: _Operation.clear_payload_by_filter(where))
delete_vectors = _selecting(lambda ids, r: _Operation.delete_vectors(ids, r.vector),
                            lambda where, r: _Operation.delete_vectors_by_filter(where, r.vector))

# The keys of the operations in `POST /collections/{c}/points/batch`.
BATCH: dict[str, Build] = {
    "upsert": upsert, "delete": delete, "set_payload": set_payload, "overwrite_payload": overwrite_payload,
    "delete_payload": delete_payload, "clear_payload": clear_payload, "update_vectors": update_vectors,
    "delete_vectors": delete_vectors,
}
