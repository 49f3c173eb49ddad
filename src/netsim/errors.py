"""The exceptions of the project and the exit code that each one stands for."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class ExitCode(IntEnum):
    """Closed list of process exit codes."""

    OK = 0
    BUG = 1
    BAD_INPUT = 2
    SOME_FAILED = 3
    INFEASIBLE = 4
    ENVIRONMENT = 5
    STORE = 6
    LOCKED = 7
    LIMIT = 8


class NetsimError(Exception):
    """Base of every error that netsim raises on purpose."""

    exit_code: ExitCode = ExitCode.BUG


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """
    One thing wrong in a file that a person wrote.

    Parameters
    ----------
    file
        The file as the user named it.
    line, column
        Position, counted from 1; 0 where the fault belongs to the whole file.
    path
        Dotted key, for example ``network.sites[0].x``; may be empty.
    message
        What is wrong, with the value and the mend.
    """

    file: str
    line: int
    column: int
    path: str
    message: str

    def __str__(self) -> str:
        """Return ``file:line:col: path: message``."""
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        return f"{place}: {self.path}: {self.message}" if self.path else f"{place}: {self.message}"


class BadInputError(NetsimError):
    """The input has faults; all of them are told at once."""

    exit_code = ExitCode.BAD_INPUT
    shown = 20

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__(faults)
        self.faults = faults

    def __str__(self) -> str:
        """Return one line a fault (the first twenty) and their number."""
        lines = [str(fault) for fault in self.faults[: self.shown]]
        count = len(self.faults)
        lines.append(f"{count} fault" + ("s" if count != 1 else ""))
        return "\n".join(lines)


class InfeasibleError(NetsimError):
    """No plan meets the rules; the message names the rules in conflict."""

    exit_code = ExitCode.INFEASIBLE


class EnvironmentFaultError(NetsimError):
    """The machine lacks something that the job needs (an extra, a font, disk space)."""

    exit_code = ExitCode.ENVIRONMENT
