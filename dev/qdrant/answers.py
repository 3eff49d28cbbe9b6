"""The envelope of every JSON answer."""

import json
from typing import Any

from starlette.responses import Response


def with_result_status(result: Any, status: str) -> Any:
    """The result of an update with another status, for a scripted fault; other results stay as they are."""
    if isinstance(result, list):
        return [with_result_status(part, status) for part in result]
    if isinstance(result, dict) and "operation_id" in result:
        return result | {"status": status}
    return result


def success(result: Any, seconds: float) -> Response:
    return _json({"result": result, "status": "ok", "time": seconds})


def failure(status: int, text: str, seconds: float, headers: dict[str, str] | None = None) -> Response:
    return _json({"result": None, "status": {"error": text}, "time": seconds}, status, headers)


def _json(value: dict, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(json.dumps(value, separators=(",", ":")), status, headers, media_type="application/json")
