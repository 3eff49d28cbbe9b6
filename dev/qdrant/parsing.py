"""Request bodies, validated by the official client's own models."""

import re
from functools import cache
from typing import Annotated, Any, Union

from pydantic import Field, StrictFloat, StrictStr, TypeAdapter, ValidationError
from qdrant_client.http import models

from .errors import ApiError, unsupported

_adapter = cache(TypeAdapter)
# The client's model of a point, whose unions are tried in their order and not for the best fit: a vector with whole numbers,
# which JSON may write without a point, fits no member perfectly, and trying them all takes ten times as long.
_IN_ORDER = Field(union_mode="left_to_right")
_Vector = Annotated[models.Vector, _IN_ORDER]
_VectorStruct = Annotated[
    Union[list[StrictFloat], list[list[StrictFloat]], dict[StrictStr, _Vector], models.Document, models.Image,
          models.InferenceObject], _IN_ORDER]


class _PointStruct(models.PointStruct):
    vector: _VectorStruct


class _PointsList(models.PointsList):
    points: list[_PointStruct]


_READS = {models.PointRequest, models.ScrollRequest, models.QueryRequest, models.QueryRequestBatch}


def parse(model: Any, body: bytes) -> Any:
    """Read a JSON body as the model; 400 in the server's words when it does not fit."""
    if model is models.PointInsertOperations:
        # By key, as the server does; trying the whole union takes twice as long and blurs the error text.
        model = models.PointsBatch if re.match(rb'\s*\{\s*"batch"', body) else _PointsList
    if model in _READS:
        # A legal alias of the REST API which the client's models do not know.
        body = body.replace(b'"with_vectors"', b'"with_vector"')
    try:
        return _adapter(model).validate_json(body)
    except ValidationError as error:
        raise ApiError(400, f"Format error in JSON body: {_most_telling(error)}") from error


def _most_telling(error: ValidationError) -> str:
    """A union reports one problem per member; "field missing" is usually just a member that was not meant."""
    details = error.errors(include_url=False, include_input=False)
    chosen = min(details, key=lambda detail: detail["type"] == "missing")
    return f"{'.'.join(map(str, chosen['loc']))}: {chosen['msg']}"


def refuse_shard_key(request: Any) -> None:
    """Shard keys would silently select nothing here: there is one shard."""
    if getattr(request, "shard_key", None) is not None:
        raise unsupported("shard_key")


def as_list(value: Any) -> list:
    """Many fields of the API take one thing or a list of them."""
    if value is None:
        return []
    return list(value) if isinstance(value, (list, tuple)) else [value]


def engine_enum(enum: Any, value: Any) -> Any:
    """The engine's member for a wire name: insert_only -> InsertOnly."""
    if value is None:
        return None
    wire_name = getattr(value, "value", value)
    return getattr(enum, "".join(part.capitalize() for part in wire_name.split("_")))
