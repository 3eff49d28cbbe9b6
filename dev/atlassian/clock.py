"""The site's clock and its two time zones, all movable through the control API."""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo


@dataclass
class Clock:
    # CQL reads date literals in the instance zone, JQL in the caller's profile zone.
    instance_zone: str = "Asia/Seoul"
    profile_zone: str = "Asia/Seoul"
    offset_seconds: float = 0.0
    # Old Data Center servers do not know `now("-5m")` in CQL.
    knows_now: bool = True

    def now(self) -> datetime:
        return datetime.fromtimestamp(time.time() + self.offset_seconds, timezone.utc)

    @property
    def instance(self) -> ZoneInfo:
        return ZoneInfo(self.instance_zone)

    @property
    def profile(self) -> ZoneInfo:
        return ZoneInfo(self.profile_zone)


def floor_to_hour(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)


def days_before(base: datetime, days: float, salt: int) -> datetime:
    """`days` before `base`; the salt spreads equal offsets so that sort orders are stable."""
    spread = timedelta(seconds=salt * 13 % 600, milliseconds=salt * 37 % 1000)
    return base - timedelta(days=days) - spread


def confluence_time(moment: datetime) -> str:
    return moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def jira_time(moment: datetime, zone: ZoneInfo) -> str:
    """Jira writes the offset without a colon."""
    local = moment.astimezone(zone)
    return local.strftime("%Y-%m-%dT%H:%M:%S.") + f"{local.microsecond // 1000:03d}" + local.strftime("%z")
