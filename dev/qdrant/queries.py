"""`points/query`: nearest neighbours, and fusion of several such searches."""

import uuid
from typing import Any

import qdrant_edge as edge
from qdrant_client.http import models

from .collection import Collection
from .errors import ApiError, unsupported
from .filters import engine_filter
from .parsing import as_list, refuse_shard_key
from .reads import order_by, printed_point, with_payload
from .values import point_id

_DEFAULT_LIMIT = 10
_FUSIONS = (models.FusionQuery, models.RrfQuery)


def query(collection: Collection, request: models.QueryRequest) -> dict:
    refuse_shard_key(request)
    asked_by_id: set = set()
    prefetches = [_prefetch(collection, prefetch) for prefetch in as_list(request.prefetch)]
    if isinstance(request.query, _FUSIONS) and not prefetches:
        raise ApiError(400, "Bad request: cannot make RRF without prefetches")
    if request.lookup_from is not None:
        raise unsupported("lookup_from")
    if request.query is None:
        raise unsupported("a query without `query`; use points/scroll")
    answer = collection.call("query", edge.QueryRequest(
        request.limit or _DEFAULT_LIMIT,
        offset=request.offset,
        query=_scoring(collection, request, asked_by_id),
        prefetches=prefetches,
        with_vector=request.with_vector or False,
        with_payload=with_payload(request.with_payload, False),
        filter=_excluding(engine_filter(request.filter), asked_by_id),
        score_threshold=request.score_threshold,
        params=_search_params(request.params),
    ))
    return {"points": [printed_point(point) for point in answer]}


def _prefetch(collection: Collection, request: models.Prefetch) -> edge.Prefetch:
    if request.lookup_from is not None:
        raise unsupported("lookup_from")
    asked_by_id: set = set()
    scoring = _scoring(collection, request, asked_by_id)
    return edge.Prefetch(
        request.limit or _DEFAULT_LIMIT,
        query=scoring,
        prefetches=[_prefetch(collection, inner) for inner in as_list(request.prefetch)],
        params=_search_params(request.params),
        filter=_excluding(engine_filter(request.filter), asked_by_id),
        score_threshold=request.score_threshold,
    )


def _scoring(collection: Collection, request: Any, asked_by_id: set) -> Any:
    """The engine's query; ids that stand for their point's vector are added to `asked_by_id`."""
    wanted, using = request.query, request.using
    match wanted:
        case None:
            return None
        case models.FusionQuery(fusion=models.Fusion.DBSF):
            return edge.Fusion.Dbsf()
        case models.FusionQuery():
            return edge.Fusion.Rrf(2)
        case models.RrfQuery(rrf=rrf):
            return edge.Fusion.Rrf(rrf.k or 2, rrf.weights)
        case models.OrderByQuery():
            return order_by(collection, wanted.order_by)
        case models.NearestQuery(mmr=None):
            wanted = wanted.nearest
        case models.NearestQuery():
            raise unsupported("mmr")
    if not isinstance(wanted, (list, models.SparseVector, models.Document, int, str, uuid.UUID)):
        raise unsupported(f"the query {type(wanted).__name__}")
    if isinstance(wanted, (int, str, uuid.UUID)):
        asked_by_id.add(point_id(wanted))
        return edge.Query.Nearest(_vector_of(collection, wanted, using or ""), using=using)
    return edge.Query.Nearest(collection.shapes.vector(using or "", wanted), using=using)


def _vector_of(collection: Collection, id: Any, name: str) -> Any:
    records = collection.call("retrieve", [point_id(id)], False, True)
    if not records:
        raise ApiError(404, f"Not found: No point with id {id} found")
    vector = records[0].vector
    vectors = vector if isinstance(vector, dict) else {"": vector}
    if name not in vectors:
        raise ApiError(404, f"Not found: Point {id} has no vector named `{name}`")
    return vectors[name]


def _excluding(where: edge.Filter | None, ids: set) -> edge.Filter | None:
    """A point asked about by its id is not its own neighbour."""
    if not ids:
        return where
    return edge.Filter(must=[where] if where else None, must_not=[edge.HasIdCondition(ids)])


def _search_params(params: models.SearchParams | None) -> edge.SearchParams | None:
    if params is None:
        return None
    if strange := set(params.model_dump(exclude_none=True)) - {"hnsw_ef", "exact", "indexed_only", "quantization"}:
        raise unsupported(f"search parameters {sorted(strange)}")
    quantization = params.quantization
    return edge.SearchParams(
        params.hnsw_ef, bool(params.exact),
        quantization and edge.QuantizationSearchParams(bool(quantization.ignore), quantization.rescore,
                                                       quantization.oversampling),
        bool(params.indexed_only))
