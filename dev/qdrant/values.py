"""Point ids and vectors, inwards (checked) and outwards (printed as the server prints them)."""

import math
import uuid
from typing import Any

import numpy
import qdrant_edge as edge
from qdrant_client.http import models

from .errors import ApiError, invalid


def point_id(value: Any) -> int | uuid.UUID:
    """An unsigned 64-bit integer or a UUID, as the engine wants it."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**64:
        return value
    try:
        return uuid.UUID(str(value))
    except ValueError:
        raise ApiError(400, f"Format error in JSON body: value {value} is not a valid point ID, "
                            "valid values are either an unsigned integer or a UUID") from None


def point_ids(values: list) -> list:
    return [point_id(value) for value in values]


def printed_id(value: int | uuid.UUID) -> int | str:
    return value if isinstance(value, int) else str(value)


class VectorShapes:
    """Names and sizes of a collection's vectors.

    They are checked before the engine sees a batch: the engine applies the good half of a bad batch, and
    keeps the bad half in its write-ahead log.
    """

    def __init__(self, dense_sizes: dict[str, int], sparse_names: set[str]):
        self.dense_sizes, self.sparse_names = dense_sizes, sparse_names

    def point_vectors(self, value: Any) -> Any:
        """The `vector` of a point: one dense vector, or several by name (perhaps none)."""
        if isinstance(value, dict):
            return {name: self.vector(name, vector) for name, vector in value.items()}
        return self.vector("", value)

    def vector(self, name: str, value: Any) -> Any:
        """One vector under one name."""
        if isinstance(value, (models.Document, models.Image, models.InferenceObject)):
            raise ApiError(400, "Bad request: InferenceService is not initialized. "
                                "Please check if it was properly configured and initialized during startup.")
        if isinstance(value, models.SparseVector):
            return self._sparse(name, value)
        if name not in self.dense_sizes:
            raise _unknown_name(name)
        if not value:
            raise invalid("vector", "empty vector")
        for row in value if isinstance(value[0], list) else [value]:
            self._check_dense(name, row)
        return value

    def _check_dense(self, name: str, row: list[float]) -> None:
        if len(row) != self.dense_sizes[name]:
            raise ApiError(400, "Wrong input: Vector dimension error: "
                                f"expected dim: {self.dense_sizes[name]}, got {len(row)}")
        if not math.isfinite(sum(row)):
            # pydantic reads NaN and Infinity; the server's JSON parser does not know them.
            raise ApiError(400, "Format error in JSON body: a vector holds a number that is not finite")

    def _sparse(self, name: str, value: models.SparseVector) -> edge.SparseVector:
        if name not in self.sparse_names:
            raise _unknown_name(name)
        if len(value.indices) != len(value.values):
            raise invalid("vector.values", "must be the same length as indices")
        if len(set(value.indices)) != len(value.indices):
            raise invalid("vector.indices", "must be unique")
        return edge.SparseVector(value.indices, value.values)


def _unknown_name(name: str) -> ApiError:
    return ApiError(400, f"Wrong input: Not existing vector name error: {name}")


def shortest(number: float) -> float:
    """The engine's 32-bit float as the shortest decimal that reads back equal; Python would print its 64-bit tail."""
    return float(str(numpy.float32(number)))


def printed_vector(value: Any) -> Any:
    """What the engine returns as `vector`, in JSON terms; the unnamed vector alone is printed bare."""
    if isinstance(value, dict):
        if set(value) == {""}:
            return printed_vector(value[""])
        return {name: printed_vector(vector) for name, vector in value.items()}
    if isinstance(value, edge.SparseVector):
        return {"indices": value.indices, "values": [shortest(number) for number in value.values]}
    return [printed_vector(row) if isinstance(row, list) else shortest(row) for row in value]
