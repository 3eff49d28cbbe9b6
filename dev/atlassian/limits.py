"""What the site allows, all movable through the control API."""

from dataclasses import dataclass


@dataclass
class Limits:
    # Data Center: offset and page together, `jira.search.platform.max.result.window`.
    result_window: int = 10_000
    # Data Center: `jira.search.views.default.max`.
    page_cap: int = 1000
    # Whether JQL reads a bare number as milliseconds since 1970.
    reads_milliseconds: bool = True
