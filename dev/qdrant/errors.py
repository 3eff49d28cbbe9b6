"""One exception for every answer that is not a success, and the translation of the engine's exceptions into it."""


class ApiError(Exception):
    """An answer with an HTTP status, a text and perhaps headers."""

    def __init__(self, status: int, text: str, headers: dict[str, str] | None = None):
        super().__init__(text)
        self.status, self.text, self.headers = status, text, headers


def unsupported(what: str) -> ApiError:
    """The stand-in refuses aloud what it does not imitate, so that no test passes for the wrong reason."""
    return ApiError(501, f"Not supported by the Qdrant stand-in (dev/qdrant): {what}")


def invalid(field: str, reason: str) -> ApiError:
    """The server's answer to a well-formed body with a value out of bounds."""
    return ApiError(422, f"Validation error in JSON body: [{field}: {reason}]")


def from_engine(error: Exception) -> ApiError:
    """Give an engine exception the status and text prefix that the server would use."""
    text = str(error)
    if text.startswith("Service runtime error: "):
        text = text.removeprefix("Service runtime error: ")
        return ApiError(500, f"Service internal error: {text}")
    if "No point with id" in text:
        return ApiError(404, f"Not found: {text}")
    return ApiError(400, f"Wrong input: {text}")
