"""Collection and index definitions: the client's models to the engine's configuration."""

from typing import Any

import qdrant_edge as edge
from qdrant_client.http import models

from .errors import ApiError, invalid, unsupported
from .parsing import engine_enum
from .values import VectorShapes

# The server's defaults; the engine wants them spelt out and collection info shows them.
HNSW_DEFAULTS = {"m": 16, "ef_construct": 100, "full_scan_threshold": 10000, "max_indexing_threads": 0,
                 "on_disk": False}
OPTIMIZER_DEFAULTS = {"deleted_threshold": 0.2, "vacuum_min_vector_number": 1000, "default_segment_number": 0,
                      "max_segment_size": None, "memmap_threshold": None, "indexing_threshold": 10000,
                      "flush_interval_sec": 5, "max_optimization_threads": None}
WAL_DEFAULTS = {"wal_capacity_mb": 32, "wal_segments_ahead": 0}

_INDEXES = {
    "keyword": edge.KeywordIndexParams, "integer": edge.IntegerIndexParams, "float": edge.FloatIndexParams,
    "bool": edge.BoolIndexParams, "datetime": edge.DatetimeIndexParams, "uuid": edge.UuidIndexParams,
    "text": edge.TextIndexParams,
}
# Of a text index, the parameters that are plain numbers and switches; the others change what matches.
_TEXT_PARAMETERS = {"min_token_len", "max_token_len", "lowercase", "on_disk", "phrase_matching"}


def shapes(request: models.CreateCollection) -> VectorShapes:
    """Vector names and sizes that points must have."""
    return VectorShapes({name: params.size for name, params in _dense(request).items()},
                        set(request.sparse_vectors or {}))


def engine_config(request: models.CreateCollection) -> edge.EdgeConfig:
    """The engine's configuration of a new collection; an error for what neither it nor we can honour."""
    _refuse_what_one_shard_cannot_do(request)
    return edge.EdgeConfig(
        vectors={name: _dense_params(params) for name, params in _dense(request).items()},
        sparse_vectors={name: _sparse_params(params) for name, params in (request.sparse_vectors or {}).items()},
        on_disk_payload=request.on_disk_payload,
        hnsw_config=_hnsw(request.hnsw_config),
        quantization_config=_quantization(request.quantization_config),
    )


def index_operation(request: models.CreateFieldIndex) -> tuple[Any, edge.UpdateOperation]:
    """What to remember of a payload index (its wire form), and the engine's operation."""
    schema = request.field_schema
    if schema is None:
        raise ApiError(400, "Bad request: field_schema is required")
    wire = schema.model_dump(mode="json", exclude_none=True) if hasattr(schema, "model_dump") else schema.value
    kind = wire["type"] if isinstance(wire, dict) else wire
    if kind not in _INDEXES:
        raise unsupported(f"a payload index of type {kind}")
    parameters = {} if isinstance(wire, str) else {key: value for key, value in wire.items() if key != "type"}
    if kind == "text" and (strange := set(parameters) - _TEXT_PARAMETERS - {"tokenizer"}):
        raise unsupported(f"text index parameters {sorted(strange)}")
    if parameters.get("lookup") is False and parameters.get("range") is False:
        raise invalid("field_schema", "the 'lookup' and 'range' capabilities can't be both disabled")
    for key, enum in (("memory", edge.Memory), ("tokenizer", edge.TokenizerType)):
        if key in parameters:
            parameters[key] = engine_enum(enum, parameters[key])
    return wire, edge.UpdateOperation.create_field_index(request.field_name, _INDEXES[kind](**parameters))


def _dense(request: models.CreateCollection) -> dict[str, models.VectorParams]:
    """The unnamed vector has the empty name."""
    if request.vectors is None:
        return {}
    return request.vectors if isinstance(request.vectors, dict) else {"": request.vectors}


def _refuse_what_one_shard_cannot_do(request: models.CreateCollection) -> None:
    if not _dense(request) and not request.sparse_vectors:
        raise unsupported("a collection without any vector; give it a one-dimension vector that points leave out")
    for name in ("shard_number", "replication_factor", "write_consistency_factor"):
        number = getattr(request, name)
        if number is not None and number < 1:
            raise invalid(name, f"value {number} invalid, must be 1 or larger")
        if number is not None and number > 1:
            raise unsupported(f"{name} above 1")
    if request.sharding_method not in (None, models.ShardingMethod.AUTO):
        raise unsupported("custom sharding")
    if request.strict_mode_config is not None and request.strict_mode_config.enabled:
        raise unsupported("strict mode")


def _dense_params(params: models.VectorParams) -> edge.EdgeVectorParams:
    if not 1 <= params.size <= 65536:
        raise invalid("vectors.size", f"value {params.size} invalid, must be from 1 to 65536")
    multi = params.multivector_config
    return edge.EdgeVectorParams(
        params.size,
        getattr(edge.Distance, params.distance.value),
        params.on_disk,
        multi and edge.MultiVectorConfig(edge.MultiVectorComparator.MaxSim),
        engine_enum(edge.VectorStorageDatatype, params.datatype),
        _quantization(params.quantization_config),
        _hnsw(params.hnsw_config),
        engine_enum(edge.Memory, params.memory),
    )


def _sparse_params(params: models.SparseVectorParams) -> edge.EdgeSparseVectorParams:
    idf = params.modifier == models.Modifier.IDF
    return edge.EdgeSparseVectorParams(
        full_scan_threshold=params.index and params.index.full_scan_threshold,
        on_disk=params.index and params.index.on_disk,
        modifier=edge.Modifier.Idf if idf else None,
    )


def _hnsw(diff: models.HnswConfigDiff | None) -> edge.HnswIndexConfig | None:
    if diff is None:
        return None
    config = HNSW_DEFAULTS | diff.model_dump(exclude_none=True)
    return edge.HnswIndexConfig(config["m"], config["ef_construct"], config["full_scan_threshold"],
                                config["max_indexing_threads"], config["on_disk"], config.get("payload_m"))


def _quantization(config: Any) -> Any:
    if config is None:
        return None
    if not isinstance(config, models.ScalarQuantization):
        raise unsupported(f"{type(config).__name__} (only scalar int8)")
    scalar = config.scalar
    return edge.ScalarQuantizationConfig(edge.ScalarType.Int8, scalar.quantile, scalar.always_ram)
