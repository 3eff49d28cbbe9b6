"""One collection: an engine shard, and beside it a JSON file with what the server remembers and the engine does not."""

import json
import shutil
from pathlib import Path
from typing import Any

import qdrant_edge as edge
from qdrant_client.http import models

from . import schema
from .errors import ApiError, from_engine
from .files import read_json, write_json
from .parsing import parse


class Collection:
    """Open collection; `definition` is the body it was created with, kept to echo it in collection info."""

    def __init__(self, name: str, folder: Path, definition: dict, indexes: dict, shard: edge.EdgeShard):
        self.name, self.folder, self.definition, self.indexes = name, folder, definition, indexes
        self._shard = shard
        self._operations = 0
        self._dirty = False
        self.shapes = schema.shapes(parse(models.CreateCollection, json.dumps(definition).encode()))

    @classmethod
    def create(cls, name: str, folder: Path, body: bytes) -> "Collection":
        config = schema.engine_config(parse(models.CreateCollection, body))
        # A folder without collection.json is what a crash in the middle of creating or dropping left.
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        try:
            shard = edge.EdgeShard.create(str(folder / "shard"), config)
        except Exception as error:
            raise from_engine(error) from error
        collection = cls(name, folder, json.loads(body), {}, shard)
        collection.save()
        return collection

    @classmethod
    def load(cls, folder: Path) -> "Collection":
        saved = read_json(folder / "collection.json")
        shard = edge.EdgeShard.load(str(folder / "shard"))
        return cls(folder.name, folder, saved["definition"], saved["indexes"], shard)

    def save(self) -> None:
        write_json(self.folder / "collection.json", {"definition": self.definition, "indexes": self.indexes})

    def update(self, operation: edge.UpdateOperation) -> int:
        """Apply one operation and answer its number."""
        self.call("update", operation)
        self._dirty = True
        self._operations += 1
        return self._operations - 1

    def call(self, method: str, *arguments: Any) -> Any:
        """Call the engine, inline: it holds the interpreter lock anyway, so threads would gain nothing."""
        try:
            return getattr(self._shard, method)(*arguments)
        except Exception as error:
            raise from_engine(error) from error

    def flush(self) -> None:
        """Process crashes are covered by the engine's write-ahead log; this is for power loss and the log's size."""
        if self._dirty:
            self._dirty = False
            self._shard.flush()

    def close(self) -> None:
        self._shard.close()

    def drop(self) -> None:
        self.close()
        # First the file that makes the folder a collection, so that a crash here cannot leave half a one.
        (self.folder / "collection.json").unlink()
        shutil.rmtree(self.folder)

    def require_index(self, key: str, kinds: tuple[str, ...]) -> None:
        """Ordering and facets need a payload index on the server; the engine alone would do without."""
        wire = self.indexes.get(key)
        kind = wire["type"] if isinstance(wire, dict) else wire
        if kind not in kinds:
            raise ApiError(400, f'Bad request: Index required but not found for "{key}" of one of the following '
                                f'types: [{", ".join(kinds)}]. Help: Create an index for this key or use a '
                                'different filter.')

    def info(self) -> dict:
        """The answer of `GET /collections/{c}`."""
        engine, wanted = self._shard.info(), self.definition
        params = {"vectors": wanted.get("vectors") or {}, "shard_number": 1, "replication_factor": 1,
                  "write_consistency_factor": 1, "on_disk_payload": wanted.get("on_disk_payload", True)}
        if wanted.get("sparse_vectors"):
            params["sparse_vectors"] = wanted["sparse_vectors"]
        config = {
            "params": params,
            "hnsw_config": schema.HNSW_DEFAULTS | (wanted.get("hnsw_config") or {}),
            "optimizer_config": schema.OPTIMIZER_DEFAULTS | (wanted.get("optimizers_config") or {}),
            "wal_config": schema.WAL_DEFAULTS | (wanted.get("wal_config") or {}),
            "quantization_config": wanted.get("quantization_config"),
        }
        if wanted.get("metadata"):
            config["metadata"] = wanted["metadata"]
        return {"status": "green", "optimizer_status": "ok", "points_count": engine.points_count,
                "indexed_vectors_count": engine.indexed_vectors_count, "segments_count": engine.segments_count,
                "config": config, "payload_schema": self._payload_schema(engine.payload_schema),
                "update_queue": {"length": 0}}

    def _payload_schema(self, engine_schema: dict) -> dict:
        described = {}
        for field, wire in self.indexes.items():
            described[field] = {"data_type": wire if isinstance(wire, str) else wire["type"],
                                "points": engine_schema[field].points if field in engine_schema else 0}
            if isinstance(wire, dict):
                described[field]["params"] = wire
        return described
