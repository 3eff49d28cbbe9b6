"""Opaque cursors, and the paging faults a script may ask for."""

import base64
import json

from starlette.requests import Request


class BadCursor(Exception):
    """A cursor that was not made here, or was made for another query."""


def encode(offset: int, query: str, salt: int = 0) -> str:
    return base64.urlsafe_b64encode(json.dumps([offset, salt, _digest(query)]).encode()).decode()


def decode(cursor: str | None, query: str) -> tuple[int, int]:
    if not cursor:
        return 0, 0
    try:
        offset, salt, digest = json.loads(base64.urlsafe_b64decode(cursor))
    except ValueError:
        raise BadCursor(cursor) from None
    if digest != _digest(query):
        raise BadCursor(cursor)
    return offset, salt


def cut(request: Request, found, cursor: str | None, limit: int, query: str) -> tuple[list, str | None, int]:
    """The items of one page, the next cursor if there is more, and the page's offset.

    `found` has `total` and `page(offset, limit)`.
    """
    offset, salt = decode(cursor, query)
    fault = getattr(request.state, "paging_fault", None)
    if fault == "empty_page_with_next":
        # A new salt makes it another cursor for the same place, so an honest client loses nothing.
        return [], encode(offset, query, salt + 1), offset
    if fault == "short_page":
        limit = max(1, limit // 3)
    items = found.page(offset, limit)
    after = offset + len(items)
    following = encode(after, query) if after < found.total else None
    if fault == "repeat_cursor":
        following = cursor or encode(0, query)
    return items, following, offset


def whole_number(text: str | None, default: int) -> int:
    return int(text) if text and text.lstrip("-").isdigit() else default


def _digest(query: str) -> int:
    # Not hash(): it differs from process to process.
    return sum((index + 1) * byte for index, byte in enumerate(query.encode())) % 999_983
