"""
What a person says of a log: which column is which, how times and events are written, what is left out.

The file is small and strict like a scenario: a misspelt key is a fault. Names in the log stand behind the
ids that netsim uses (``tasks: {cash: [现金业务, 存取款]}``); a ``*`` stands for any letters.
"""

from __future__ import annotations

import datetime as dt
import types
from collections.abc import Mapping
from itertools import pairwise
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import AfterValidator, BaseModel, Field, StringConstraints, ValidationError, field_validator

from netsim.model.quantities import Key, Minutes, Window
from netsim.model.scenario_base import Input
from netsim.model.service import Lane
from netsim.units import typed

Form = Literal["events", "tickets", "snapshots"]
"""One row an event, one row a ticket, one row a look at the hall."""
EventName = Literal["arrive", "call", "transfer", "end", "no_show", "leave"]
EVENTS: tuple[EventName, ...] = get_args(EventName)
"""Events of a ticket, in the order of their codes."""
OutcomeName = Literal["served", "no_show", "left"]
DayName = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS: tuple[DayName, ...] = get_args(DayName)
HoursName = Literal[
    "daily", "weekdays", "weekend", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"
]

MapError = ValidationError
"""What ``ColumnMap.model_validate`` raises."""
LATEST_START = 360.0
"""Latest minute at which a service day may begin: its last half-hour is 30:00."""

ColumnName = Annotated[str, StringConstraints(min_length=1, max_length=200)]
LogCells = Annotated[tuple[Annotated[str, StringConstraints(max_length=200)], ...], Field(min_length=1)]
LogNames = Annotated[tuple[ColumnName, ...], Field(min_length=1)]


def _is_date(text: str) -> str:
    try:
        dt.date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"expected a date such as '2024-05-01', got {typed(text)}") from None
    return text


def _in_order(windows: tuple[tuple[float, float], ...]) -> tuple[tuple[float, float], ...]:
    if any(after[0] < before[1] for before, after in pairwise(windows)):
        raise ValueError("the windows overlap or are out of order")
    return windows


Date = Annotated[str, AfterValidator(_is_date)]
Open = Annotated[tuple[Window, ...], AfterValidator(_in_order)]


class Columns(Input):
    """Names of the log's columns; which of them are needed depends on the form."""

    ticket: ColumnName | None = Field(default=None, description="Number of the ticket; never written anywhere.")
    event: ColumnName | None = Field(default=None, description="What happened (form events).")
    time: ColumnName | None = Field(default=None, description="When (forms events and snapshots).")
    date: ColumnName | None = Field(default=None, description="Day, where the times hold none.")
    task: ColumnName | None = Field(default=None, description="What the customer came for.")
    resource: ColumnName | None = Field(default=None, description="Counter or terminal that called.")
    arrive: ColumnName | None = Field(default=None, description="When the ticket was taken (form tickets).")
    call: ColumnName | None = Field(default=None, description="When it was called (form tickets).")
    end: ColumnName | None = Field(default=None, description="When the service ended (form tickets).")
    leave: ColumnName | None = Field(default=None, description="When the customer left the queue (form tickets).")
    no_show: ColumnName | None = Field(default=None, description="When nobody had come to the call (form tickets).")
    outcome: ColumnName | None = Field(default=None, description="How it ended (form tickets).")
    waiting: ColumnName | None = Field(default=None, description="People waiting (form snapshots).")
    open: ColumnName | None = Field(default=None, description="Open counters (form snapshots).")
    last: ColumnName | None = Field(default=None, description="Last ticket called (form snapshots).")


class Times(Input):
    """How times are written."""

    format: Annotated[str, StringConstraints(min_length=1, max_length=60)] | None = Field(
        default=None,
        description="As '%d.%m.%Y %H:%M', or unix, unix_ms, excel; absent: year first, as 2024-03-05 08:30:15.",
    )
    zone: Annotated[str, StringConstraints(min_length=1, max_length=60)] | None = Field(
        default=None, description="Time zone of the outlet, such as Asia/Shanghai."
    )
    written_in: Annotated[str, StringConstraints(min_length=1, max_length=60)] | None = Field(
        default=None, description="Time zone that the log is written in; absent: that of the outlet."
    )
    day_starts: Annotated[str, StringConstraints(pattern=r"^0[0-6]:[0-5][0-9]$")] = Field(
        default="00:00", description="Clock time at which a service day begins, at most 06:00."
    )

    @field_validator("day_starts")
    @classmethod
    def _early(cls, value: str) -> str:
        if _clock(value) > LATEST_START:
            raise ValueError(f"a service day begins at 06:00 at the latest, got {typed(value)}")
        return value

    @property
    def day_start(self) -> float:
        """Minute after midnight at which a service day begins."""
        return _clock(self.day_starts)


def _clock(text: str) -> float:
    return 60.0 * int(text[:2]) + int(text[3:])


class Limits(Input):
    """What is too long to be true."""

    wait: Minutes = Field(default=480.0, description="Longest wait.")
    service: Minutes = Field(default=240.0, description="Longest service.")
    transfer_gap: Minutes = Field(
        default=5.0, description="Longest time from the end of a service to the next queue of the same ticket."
    )


class Numbers(Input):
    """How ticket numbers run (form snapshots)."""

    first: Annotated[int, Field(ge=0, le=10**9)] | None = Field(
        default=None,
        description="Number of the day's first ticket; absent: unknown.",
    )
    wraps_at: Annotated[int, Field(ge=1, le=10**9)] | None = Field(
        default=None, description="Largest number, after which they start again; absent: none."
    )


class ColumnMap(Input):
    """How to read a log."""

    netsim: Literal[1] = Field(description="Version of the map file.")
    form: Form = Field(default="events", description="events: a row an event; tickets: a row a ticket; snapshots.")
    columns: Columns = Field(description="Names of the log's columns.")
    time: Times = Field(default=Times(), description="How times are written.")
    events: Mapping[EventName, LogNames] = Field(default={}, description="Names of events in the log.")
    outcomes: Mapping[OutcomeName, LogNames] = Field(default={}, description="Names of outcomes in the log.")
    tasks: Mapping[Key, LogNames] = Field(default={}, description="Task ids and their names in the log.")
    resources: Mapping[Lane, LogNames] = Field(
        default={}, description="counter and terminal: names of such resources in the log; absent: all counters."
    )
    where: Mapping[ColumnName, LogCells] = Field(
        default={}, description="Only rows whose column holds one of these, such as one outlet of several."
    )
    hours: Mapping[HoursName, Open] = Field(
        default={}, description="Opening hours: daily, weekdays, weekend or a day's name; absent: not known."
    )
    holidays: tuple[Date, ...] = Field(default=(), description="Days that are like no weekday.")
    empty_days: Literal["missing", "zero"] = Field(
        default="missing", description="Whether a day without any event is missing or a day on which nobody came."
    )
    personal: tuple[ColumnName, ...] = Field(default=(), description="Columns never to read, besides the known ones.")
    limits: Limits = Field(default=Limits(), description="What is too long to be true.")
    numbers: Numbers = Field(default=Numbers(), description="How ticket numbers run (form snapshots).")

    @property
    def missing_columns(self) -> tuple[str, ...]:
        """Columns that the form needs and nobody named."""
        return tuple(name for name in NEEDED[self.form] if getattr(self.columns, name) is None)

    def open_windows(self, weekday: int) -> tuple[tuple[float, float], ...] | None:
        """
        Return the opening hours of a weekday in minutes; empty where closed, None where hours are not known.

        Parameters
        ----------
        weekday
            0 for Monday to 6 for Sunday.
        """
        if not self.hours:
            return None
        part: HoursName = "weekdays" if weekday < 5 else "weekend"
        names: tuple[HoursName, ...] = (WEEKDAYS[weekday], part, "daily")
        return next((self.hours[name] for name in names if name in self.hours), ())


NEEDED: Mapping[Form, tuple[str, ...]] = {
    "events": ("ticket", "event", "time"),
    "tickets": ("arrive",),
    "snapshots": ("time", "waiting", "last"),
}
"""Columns that a form cannot do without."""


def keys_at(location: tuple[str | int, ...]) -> Mapping[str, str]:
    """
    Return the keys that the mapping at a location may have, and what each is for; empty where any key may stand.

    Parameters
    ----------
    location
        Steps from the root of a map file.

    Examples
    --------
    >>> list(keys_at(("limits",)))
    ['wait', 'service', 'transfer_gap']
    """
    kind: Any = ColumnMap
    for step in location:
        field = kind.model_fields.get(str(step)) if _is_record(kind) else None
        if field is None:
            return {}
        kind = field.annotation
        if get_origin(kind) in (Union, types.UnionType):
            kind = next(item for item in get_args(kind) if item is not type(None))
    fields = kind.model_fields if _is_record(kind) else {}
    return {key: (field.description or "").rstrip(".") for key, field in fields.items()}


def _is_record(kind: object) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)
