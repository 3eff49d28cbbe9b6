"""The REST paths, each with the function that answers it.

A handler gets a `Call` and returns what goes under `result`, or a complete Response.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from qdrant_client.http import models
from qdrant_edge import UpdateOperation
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse

from . import queries, reads, schema, writes
from .collection import Collection
from .errors import unsupported
from .parsing import parse
from .store import Store


@dataclass
class Call:
    """One request: its body is already read, its collection looked up when asked for."""

    store: Store
    request: Request
    body: bytes
    server_version: str

    @property
    def name(self) -> str:
        return self.request.path_params["collection"]

    @property
    def collection(self) -> Collection:
        return self.store.get(self.name)

    def applied(self, operation: UpdateOperation) -> dict:
        """Apply it and answer as the server would: without `wait=true` it does not promise that it is done."""
        number = self.collection.update(operation)
        waited = self.request.query_params.get("wait") == "true"
        return {"operation_id": number, "status": "completed" if waited else "acknowledged"}


Handler = Callable[[Call], Any]


def _write(model: Any, build: writes.Build) -> Handler:
    return lambda call: call.applied(build(call.collection, parse(model, call.body)))


def _read(model: Any, answer: Callable) -> Handler:
    return lambda call: answer(call.collection, parse(model, call.body or b"{}"))


def _batch(call: Call) -> list[dict]:
    """One after the other; a failure stops the rest and keeps what was done, as on the server."""
    answers = []
    for operation in parse(models.UpdateOperations, call.body).operations:
        key = next(key for key in writes.BATCH if hasattr(operation, key))
        answers.append(call.applied(writes.BATCH[key](call.collection, getattr(operation, key))))
    return answers


def _query_batch(call: Call) -> list[dict]:
    searches = parse(models.QueryRequestBatch, call.body).searches
    return [queries.query(call.collection, search) for search in searches]


def _root(call: Call) -> JSONResponse:
    return JSONResponse({"title": "qdrant - vector search engine (stand-in server over qdrant-edge-py)",
                         "version": call.server_version})


def _create(call: Call) -> bool:
    call.store.create(call.name, call.body or b"{}")
    return True


def _patch(call: Call) -> bool:
    """Settings are kept and shown; none of them changes what the engine answers without its optimizer."""
    change = parse(models.UpdateCollection, call.body).model_dump(mode="json", exclude_none=True)
    if strange := set(change) - {"optimizers_config", "hnsw_config", "metadata"}:
        raise unsupported(f"changing {sorted(strange)} of a collection")
    collection = call.collection
    for key, value in change.items():
        collection.definition[key] = (collection.definition.get(key) or {}) | value
    collection.save()
    return True


def _create_index(call: Call) -> dict:
    request = parse(models.CreateFieldIndex, call.body)
    wire, operation = schema.index_operation(request)
    answer = call.applied(operation)
    call.collection.indexes[request.field_name] = wire
    call.collection.save()
    return answer


def _delete_index(call: Call) -> dict:
    field = call.request.path_params["field"]
    answer = call.applied(UpdateOperation.delete_field_index(field))
    call.collection.indexes.pop(field, None)
    call.collection.save()
    return answer


def _aliases(call: Call, collection: str | None = None) -> dict:
    return {"aliases": [{"alias_name": alias, "collection_name": target}
                        for alias, target in call.store.aliases.items() if collection in (None, target)]}


def _change_aliases(call: Call) -> bool:
    call.store.change_aliases(parse(models.ChangeAliasesOperation, call.body))
    return True


_C = "/collections/{collection}"
HANDLERS: dict[tuple[str, str], Handler] = {
    ("GET", "/"): _root,
    ("GET", "/healthz"): lambda _: PlainTextResponse("healthz check passed"),
    ("GET", "/livez"): lambda _: PlainTextResponse("healthz check passed"),
    ("GET", "/readyz"): lambda _: PlainTextResponse("all shards are ready"),
    ("GET", "/aliases"): _aliases,
    ("POST", "/collections/aliases"): _change_aliases,
    ("GET", "/collections"): lambda call: {"collections": [{"name": name} for name in sorted(call.store.collections)]},
    ("GET", _C): lambda call: call.collection.info(),
    ("PUT", _C): _create,
    ("PATCH", _C): _patch,
    ("DELETE", _C): lambda call: call.store.drop(call.name),
    ("GET", f"{_C}/exists"): lambda call: {"exists": call.store.exists(call.name)},
    ("GET", f"{_C}/aliases"): lambda call: _aliases(call, call.collection.name),
    ("PUT", f"{_C}/index"): _create_index,
    ("DELETE", f"{_C}/index/{{field}}"): _delete_index,
    ("POST", f"{_C}/facet"): _read(models.FacetRequest, reads.facet),
    ("PUT", f"{_C}/points"): _write(models.PointInsertOperations, writes.upsert),
    ("POST", f"{_C}/points"): _read(models.PointRequest, reads.retrieve),
    ("POST", f"{_C}/points/scroll"): _read(models.ScrollRequest, reads.scroll),
    ("POST", f"{_C}/points/count"): _read(models.CountRequest, reads.count),
    ("POST", f"{_C}/points/query"): _read(models.QueryRequest, queries.query),
    ("POST", f"{_C}/points/query/batch"): _query_batch,
    ("POST", f"{_C}/points/delete"): _write(models.PointsSelector, writes.delete),
    ("POST", f"{_C}/points/payload"): _write(models.SetPayload, writes.set_payload),
    ("PUT", f"{_C}/points/payload"): _write(models.SetPayload, writes.overwrite_payload),
    ("POST", f"{_C}/points/payload/delete"): _write(models.DeletePayload, writes.delete_payload),
    ("POST", f"{_C}/points/payload/clear"): _write(models.PointsSelector, writes.clear_payload),
    ("PUT", f"{_C}/points/vectors"): _write(models.UpdateVectors, writes.update_vectors),
    ("POST", f"{_C}/points/vectors/delete"): _write(models.DeleteVectors, writes.delete_vectors),
    ("POST", f"{_C}/points/batch"): _batch,
    ("GET", f"{_C}/points/{{id}}"): lambda call: reads.get_one(call.collection, call.request.path_params["id"]),
}
