"""Dates in CQL and JQL: literals of minute resolution, relative times, `now()`, and JQL's epoch milliseconds."""

import re
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from .query import QueryError, Value

RELATIVE = re.compile(r"([+-]?)(\d+)([mhdw])")
UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
LITERALS = ("%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M", "%Y-%m-%d", "%Y/%m/%d")


def instant(value: Value, now: datetime, zone: ZoneInfo, bare_values: bool) -> datetime:
    """The moment a value means. Only JQL takes values outside functions that are relative or epoch milliseconds."""
    if value.function:
        if value.text != "now":
            raise QueryError(f"unknown function '{value.text}'")
        return now + _shift(value.argument) if value.argument else now
    if bare_values and RELATIVE.fullmatch(value.text):
        return now + _shift(value.text)
    if bare_values and not value.quoted and value.text.isdigit():
        return datetime.fromtimestamp(int(value.text) / 1000, timezone.utc)
    for form in LITERALS:
        try:
            return datetime.strptime(value.text, form).replace(tzinfo=zone)
        except ValueError:
            continue
    raise QueryError(f"Date value '{value.text}' is invalid. Valid formats include: 'yyyy/MM/dd HH:mm', "
                     "'yyyy-MM-dd HH:mm', 'yyyy/MM/dd', 'yyyy-MM-dd', or a period format e.g. '-5d', '4w 2d'.")


def _shift(text: str) -> timedelta:
    match = RELATIVE.fullmatch(text)
    if not match:
        raise QueryError(f"invalid period '{text}'")
    amount = timedelta(**{UNITS[match[3]]: int(match[2])})
    return -amount if match[1] == "-" else amount
