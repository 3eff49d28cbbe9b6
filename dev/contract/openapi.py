"""Checks exchanges against an OpenAPI 3.0 document."""

import json
import re
from typing import Any
from urllib.parse import parse_qsl

import jsonschema
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from .recorder import Exchange

_ROOT = "urn:openapi"


class Contract:
    def __init__(self, document: dict):
        self._document = _without_nullable(document)
        resource = Resource.from_contents(self._document, default_specification=DRAFT202012)
        self._schemas = Registry().with_resource(_ROOT, resource)
        # Paths without parameters first: /collections/aliases is no collection.
        self._paths = [(re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(path)) + "$"), path)
                       for path in sorted(document["paths"], key=lambda path: path.count("{"))]

    def operation(self, exchange: Exchange) -> str | None:
        """The name that the document gives to what was asked; None when it knows nothing of the kind."""
        path = self._path(exchange)
        return path and f"{exchange.method} {path}"

    def faults(self, exchange: Exchange) -> list[str]:
        """What is wrong with a request and its answer."""
        path = self._path(exchange)
        if path is None:
            return ["the document knows no such operation"]
        operation = self._document["paths"][path][exchange.method.lower()]
        place = f"#/paths/{path.replace('/', '~1')}/{exchange.method.lower()}"
        parameters = [self._resolved(parameter) for parameter in operation.get("parameters", [])]
        known = {parameter["name"] for parameter in parameters if parameter["in"] == "query"}
        faults = [f"unknown parameter {name}" for name, _ in parse_qsl(exchange.query) if name not in known]
        if "requestBody" in operation:
            faults += self._body_faults("request", f"{place}/requestBody/content/application~1json/schema", exchange.body)
        elif exchange.body:
            faults.append("a body that is not asked for")
        status = next((status for status in (str(exchange.status), f"{exchange.status // 100}XX", "default")
                       if status in operation["responses"]), None)
        if status is None:
            return faults + [f"status {exchange.status} is not described"]
        if "content" in operation["responses"][status]:
            schema = f"{place}/responses/{status}/content/application~1json/schema"
            faults += self._body_faults("answer", schema, exchange.answer)
        return faults

    def _resolved(self, node: dict) -> dict:
        """The node itself, or the component that it refers to."""
        if "$ref" not in node:
            return node
        found = self._document
        for step in node["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        return found

    def _path(self, exchange: Exchange) -> str | None:
        return next((path for pattern, path in self._paths
                     if pattern.match(exchange.path) and exchange.method.lower() in self._document["paths"][path]), None)

    def _body_faults(self, kind: str, schema: str, body: bytes) -> list[str]:
        try:
            value = json.loads(body)
        except ValueError as error:
            return [f"the {kind} is not JSON: {error}"]
        validator = jsonschema.Draft202012Validator({"$ref": _ROOT + schema}, registry=self._schemas)
        error = jsonschema.exceptions.best_match(validator.iter_errors(value))
        return [f"{kind} {error.json_path}: {error.message[:300]}"] if error else []


def _without_nullable(node: Any) -> Any:
    """OpenAPI 3.0 says `nullable` where JSON Schema has a type of its own."""
    if isinstance(node, list):
        return [_without_nullable(value) for value in node]
    if not isinstance(node, dict):
        return node
    rest = {key: _without_nullable(value) for key, value in node.items() if key != "nullable"}
    return {"anyOf": [rest, {"type": "null"}]} if node.get("nullable") is True else rest
