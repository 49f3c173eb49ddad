"""Servers come and go, doors open and close, the system stands still."""

from __future__ import annotations

from netsim.model.visits import Outcome
from netsim.simulation.kernel.shifts import CLOSES, COMES, GOES, OPENS
from netsim.simulation.reference.desk import HOLDS, NOBODY, Desk


def change(desk: Desk, what: int, servers: int) -> None:
    """
    Change staff or door of a desk; who is free does not turn to the queue yet.

    Parameters
    ----------
    desk
        The desk.
    what
        ``CLOSES``, ``STAYS``, ``OPENS``, ``COMES`` or ``GOES``.
    servers
        Servers on duty from then on, or which person comes or goes.
    """
    if what == COMES:
        _comes(desk, servers)
    elif what == GOES:
        _goes(desk, servers)
    elif what == CLOSES:
        _closes(desk, servers)
    else:
        if what == OPENS:
            desk.is_open = True
        if desk.station.persons:
            for seat in desk.seats:
                seat.on_duty = seat.planned
            desk.on_duty = sum(seat.planned for seat in desk.seats)
        else:
            desk.on_duty = servers
            drop(desk)


def drop(desk: Desk) -> None:
    """Under ``preempt_resume`` nobody serves beyond the number on duty: the highest numbers leave first."""
    if desk.station.end_of_shift != "preempt_resume":
        return
    for server in reversed(range(len(desk.seats))):
        if sum(not seat.is_free for seat in desk.seats) <= desk.on_duty:
            return
        ticket = desk.seats[server].ticket
        if ticket is not None and ticket.may_be_interrupted:
            desk.interrupt(server)


def _comes(desk: Desk, person: int) -> None:
    seat = desk.seats[person]
    seat.planned = True
    if not seat.on_duty:
        seat.on_duty = True
        desk.on_duty += 1


def _goes(desk: Desk, person: int) -> None:
    """One person goes off duty: finishes the customer in hand, hands over, or leaves at once."""
    seat, rule = desk.seats[person], desk.station.end_of_shift
    seat.planned = False
    if not seat.on_duty or (not desk.is_open and rule == "finish_and_close_queue"):
        return
    seat.on_duty = False
    desk.on_duty -= 1
    ticket = seat.ticket
    if ticket is None or not ticket.may_be_interrupted:
        return
    if rule == "preempt_resume":
        desk.interrupt(person)
    elif rule == "handover":
        other = desk.free_server(ticket.node.skill)
        if other != NOBODY:
            desk.stop(ticket)
            seat.ticket, desk.seats[other].ticket = None, ticket
            ticket.row.server = ticket.server = other
            desk.begin(ticket)


def _closes(desk: Desk, servers: int) -> None:
    """The door closes; those inside are still served, or sent away where the rule says so or nobody stays."""
    desk.is_open = False
    stays = desk.on_duty if desk.station.persons else servers
    if desk.station.end_of_shift == "finish_and_close_queue" and stays > 0:
        desk.on_duty = stays
        return
    desk.on_duty = 0
    drop(desk)
    for seat in desk.seats:
        seat.on_duty = seat.on_duty and not desk.station.persons
    for queue in desk.queues:
        while queue:
            desk.leave(queue[0], Outcome.SENT_AWAY)


def freeze(desks: list[Desk]) -> None:
    """The system goes down: services that need it stand still, nobody is called."""
    for desk in desks:
        if desk.station.on_system:
            desk.stopped += 1
            for seat in desk.seats:
                ticket = seat.ticket
                if ticket is not None and ticket.ends >= 0.0 and ticket.row.station == desk.number:
                    desk.stop(ticket)


def thaw(desks: list[Desk]) -> None:
    """The system is back: services go on where they stood still, and all turn to their queues."""
    for desk in desks:
        if desk.station.on_system:
            desk.stopped -= 1
            for seat in desk.seats if desk.stopped == 0 else ():
                ticket = seat.ticket
                if ticket is None or ticket.ends >= 0.0 or ticket.row.station != desk.number:
                    continue
                if ticket.node.also is None or ticket.second is not None:
                    desk.book.spell(ticket, desk.number, HOLDS)
                    desk.begin(ticket)
    for desk in desks:
        desk.call_next()
