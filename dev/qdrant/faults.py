"""Faults that a test orders beforehand, and the count of requests it may look at afterwards."""

import socket
import struct
from collections import Counter
from typing import Literal

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError, model_validator
from starlette.requests import Request
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from .errors import ApiError


class Fault(BaseModel):
    """The next `times` requests that match are answered with exactly one kind of fault."""

    model_config = ConfigDict(extra="forbid")

    method: str | None = None
    path_contains: str = ""
    times: int = 1
    status: int | None = None
    retry_after: int | None = None
    reset_before: bool = False
    reset_after: bool = False
    delay_ms: int | None = None
    result_status: Literal["acknowledged", "wait_timeout"] | None = None

    @model_validator(mode="after")
    def _one_kind(self) -> "Fault":
        kinds = [self.status, self.delay_ms, self.result_status, self.reset_before or None, self.reset_after or None]
        if sum(kind is not None for kind in kinds) != 1:
            raise ValueError("give exactly one of status, reset_before, reset_after, delay_ms, result_status")
        if self.retry_after is not None and self.status is None:
            raise ValueError("retry_after goes with status")
        return self

    def matches(self, method: str, path: str) -> bool:
        return self.times > 0 and self.method in (None, method) and self.path_contains in path


class Script:
    """The ordered faults, first come first served, and the requests seen so far."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self.requests: Counter[str] = Counter()

    def order(self, body: bytes) -> int:
        """Add faults to the script; answers how many are waiting."""
        try:
            self._faults += TypeAdapter(list[Fault]).validate_json(body)
        except ValidationError as error:
            raise ApiError(400, f"Wrong list of faults: {error}") from error
        return len(self._faults)

    def clear(self) -> None:
        self._faults.clear()

    def next_fault(self, method: str, path: str) -> Fault | None:
        for fault in self._faults:
            if fault.matches(method, path):
                fault.times -= 1
                return fault
        return None


class ResettableProtocol(HttpToolsProtocol):
    """uvicorn's protocol, which lets a handler get at the connection."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["ohra.transport"] = self.transport


def reset(request: Request) -> None:
    """Cut the connection with a TCP reset: with a zero linger time the kernel sends RST instead of FIN."""
    transport = request.scope["ohra.transport"]
    transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
