"""Who is calling. One robot account exists; everybody else is anonymous or refused."""

import base64
from enum import Enum

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

EMAIL = "robot@haneul.example"
TOKEN = "dev-token-haneul"
# Basic as on Cloud, Bearer as a personal access token of Data Center or an OAuth token.
EXPECTED = {"Basic " + base64.b64encode(f"{EMAIL}:{TOKEN}".encode()).decode(), "Bearer " + TOKEN}
FAILED = {"X-Seraph-LoginReason": "AUTHENTICATED_FAILED"}


class Caller(Enum):
    ROBOT = "robot"
    ANONYMOUS = "anonymous"
    REFUSED = "refused"


def caller(authorization: str | None) -> Caller:
    if not authorization:
        return Caller.ANONYMOUS
    return Caller.ROBOT if authorization in EXPECTED else Caller.REFUSED


def caller_of(request: Request) -> Caller:
    return caller(request.headers.get("authorization"))


def refusal_headers(who: Caller) -> dict[str, str]:
    return FAILED if who is Caller.REFUSED else {}


def jira_refusal(who: Caller) -> Response:
    """Jira answers in plain text, not in JSON."""
    return PlainTextResponse("Client must be authenticated to access this resource.", 401, refusal_headers(who))
