"""Filters: the client's models to the engine's."""

from typing import Any

import qdrant_edge as edge
from qdrant_client.http import models

from .errors import invalid, unsupported
from .parsing import as_list
from .values import point_ids

_MATCHES = {
    models.MatchValue: lambda match: edge.MatchValue(match.value),
    models.MatchText: lambda match: edge.MatchText(match.text),
    models.MatchTextAny: lambda match: edge.MatchTextAny(match.text_any),
    models.MatchPhrase: lambda match: edge.MatchPhrase(match.phrase),
    models.MatchPrefix: lambda match: edge.MatchPrefix(match.prefix),
    models.MatchAny: lambda match: edge.MatchAny(match.any),
    models.MatchExcept: lambda match: edge.MatchExcept(match.except_),
}
_BOUNDS = ("lt", "gt", "lte", "gte")


def engine_filter(value: models.Filter | None) -> edge.Filter | None:
    """The engine's filter; None stays None (no restriction)."""
    if value is None:
        return None
    clauses: dict[str, Any] = {}
    for name in ("must", "should", "must_not"):
        if (conditions := getattr(value, name)) is not None:
            clauses[name] = [_condition(condition) for condition in as_list(conditions)]
    if (least := value.min_should) is not None:
        clauses["min_should"] = edge.MinShould([_condition(c) for c in least.conditions], least.min_count)
    return edge.Filter(**clauses)


def _condition(value: Any) -> Any:
    match value:
        case models.Filter():
            return engine_filter(value)
        case models.FieldCondition():
            return _field(value)
        case models.HasIdCondition():
            return edge.HasIdCondition(set(point_ids(value.has_id)))
        case models.HasVectorCondition():
            return edge.HasVectorCondition(value.has_vector)
        case models.IsEmptyCondition():
            return edge.IsEmptyCondition(value.is_empty.key)
        case models.IsNullCondition():
            return edge.IsNullCondition(value.is_null.key)
        case models.NestedCondition():
            return edge.NestedCondition(value.nested.key, engine_filter(value.nested.filter))
    raise unsupported(f"the filter condition {type(value).__name__}")


def _field(value: models.FieldCondition) -> edge.FieldCondition:
    parts: dict[str, Any] = {}
    if value.match is not None:
        if type(value.match) not in _MATCHES:
            raise unsupported(f"the match {type(value.match).__name__}")
        parts["match"] = _MATCHES[type(value.match)](value.match)
    if value.range is not None:
        parts["range"] = _range(value.range)
    if value.values_count is not None:
        parts["values_count"] = edge.ValuesCount(**{bound: getattr(value.values_count, bound) for bound in _BOUNDS})
    for name in ("is_empty", "is_null"):
        if getattr(value, name) is not None:
            parts[name] = getattr(value, name)
    if value.geo_radius or value.geo_bounding_box or value.geo_polygon:
        raise unsupported("geo conditions")
    if not parts:
        raise invalid("filter", "At least one field condition must be specified")
    return edge.FieldCondition(value.key, **parts)


def _range(value: models.Range | models.DatetimeRange) -> edge.RangeFloat | edge.RangeDateTime:
    bounds = {bound: getattr(value, bound) for bound in _BOUNDS}
    if isinstance(value, models.Range):
        return edge.RangeFloat(**bounds)
    return edge.RangeDateTime(**{bound: _instant(moment) for bound, moment in bounds.items()})


def _instant(value: Any) -> str | None:
    """A date without a time means its midnight."""
    if value is None:
        return None
    return value.isoformat() if hasattr(value, "hour") else f"{value.isoformat()}T00:00:00"
