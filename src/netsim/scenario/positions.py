"""
YAML read into a tree that knows where every value stands.

Scalars follow the YAML 1.2 core schema (``NO``, ``12:30`` and dates stay text), with one difference:
a number with a leading zero (``007``) stays text, so that ids keep their zeros. Duplicate keys,
aliases, merge keys, tags, several documents and characters that nobody can see are faults.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import yaml

from netsim.errors import Fault
from netsim.units import typed

DEPTH = 40
"""Deepest nesting of a scenario file."""
LONGEST_NUMBER = 40

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NUMBER_START = frozenset("0123456789+-.")
_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)")
_BASED = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|(?:0|[1-9][0-9]*)(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_WORDS: dict[str, bool | float | None] = {
    "": None,
    "~": None,
    **dict.fromkeys(("null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), float("inf")),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), float("-inf")),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
}
# Zero-width, bidi and other format characters, line separators, and controls but tab and line ends.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)
_WIDE_KEY = re.compile("\\s*[^\\s:#'\"\uff1a]+\uff1a")
_FULL_WIDTH = re.compile("[\u3000-\u3002\uff01-\uff5e\u2018\u2019\u201c\u201d\u00a0]")


@dataclass(frozen=True, slots=True)
class Source:
    """
    A file, or a ``--set`` argument, that values come from.

    Parameters
    ----------
    name
        The file as the user named it.
    folder
        Folder that its relative paths start from.
    layer
        Rank in the overlay: a higher layer changes the values of a lower one.
    """

    name: str
    folder: Path
    layer: int = 0


class Node(NamedTuple):
    """
    A value and its place.

    Parameters
    ----------
    value
        A scalar, a list of nodes, or a dictionary of nodes.
    source
        Where it was written.
    line, column
        Position of the value, from 1; 0 for a ``--set`` argument.
    key_line, key_column
        Position of its key; that of the value in a list.
    text
        A scalar as it was typed.
    """

    value: Any
    source: Source
    line: int
    column: int
    key_line: int
    key_column: int
    text: str = ""


Place: TypeAlias = tuple[int, int]
_Event: TypeAlias = Any  # PyYAML's stubs know only some of the events' fields


def parse_yaml(text: str, source: Source) -> tuple[Node | None, list[Fault]]:
    r"""
    Return the tree of one YAML document, and every fault of its form.

    Parameters
    ----------
    text
        The whole file.
    source
        Where the text comes from.

    Returns
    -------
    tuple
        The root node (None where the text is no YAML or holds nothing), and the faults in order.

    Examples
    --------
    >>> root, faults = parse_yaml("opens: 12:30\ncountry: NO", Source("x.yaml", Path()))
    >>> plain(root), faults
    ({'opens': '12:30', 'country': 'NO'}, [])
    """
    faults = list(_invisible_characters(text, source))
    if faults:
        return None, faults
    builder = _Builder(source)
    try:
        root = builder.build(yaml.parse(text, Loader=_LOADER))
    except yaml.MarkedYAMLError as error:
        return None, [*builder.faults, _syntax_fault(error, text, source)]
    except yaml.YAMLError as error:
        return None, [*builder.faults, Fault(source.name, 0, 0, "", f"no YAML: {str(error).splitlines()[0]}")]
    return root, builder.faults


def plain(node: Node) -> Any:  # noqa: ANN401
    """Return the bare value of a tree: dictionaries, tuples and scalars."""
    value = node.value
    if isinstance(value, dict):
        return {key: plain(child) for key, child in value.items()}
    if isinstance(value, list):
        return tuple(plain(child) for child in value)
    return value


def full_width_hint(text: str) -> str:
    r"""
    Return a hint where a text holds Chinese punctuation or spaces that YAML does not read.

    Examples
    --------
    >>> full_width_hint("seed\uff1a 3")
    "; the line holds '\uff1a' (U+FF1A), YAML needs ':'"
    """
    found = _FULL_WIDTH.search(text)
    if not found:
        return ""
    letter = found[0]
    meant = {"\u3001": ",", "\u3002": ".", "\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"'}.get(
        letter, unicodedata.normalize("NFKC", letter)
    )
    named = "a plain space" if meant == " " else f"'{meant}'"
    return f"; the line holds '{letter}' (U+{ord(letter):04X}), YAML needs {named}"


def scalar(text: str) -> bool | float | str | None:
    """
    Return the value of an unquoted scalar by the YAML 1.2 core schema, leading zeros kept as text.

    Raises
    ------
    ValueError
        If a number has more digits than anybody needs.

    Examples
    --------
    >>> scalar("NO"), scalar("010"), scalar("1e5"), scalar("12:30"), scalar("~")
    ('NO', '010', 100000.0, '12:30', None)
    """
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _NUMBER_START:
        return text
    if _INTEGER.fullmatch(text):
        return int(_short(text))
    if _FLOAT.fullmatch(text):
        return float(_short(text))
    if _BASED.fullmatch(text):
        return int(_short(text), 0)
    return text


def _short(text: str) -> str:
    if len(text) > LONGEST_NUMBER:
        raise ValueError(f"a number of {len(text)} characters; no more than {LONGEST_NUMBER} are read")
    return text


def _invisible_characters(text: str, source: Source) -> Iterator[Fault]:
    for found in _INVISIBLE.finditer(text):
        line = text.count("\n", 0, found.start()) + 1
        column = found.start() - text.rfind("\n", 0, found.start())
        yield Fault(source.name, line, column, "", f"{_named(found[0])}; take it away")


def _named(letter: str) -> str:
    return f"invisible or control character U+{ord(letter):04X} ({unicodedata.name(letter, 'control')})"


def _syntax_fault(error: yaml.MarkedYAMLError, text: str, source: Source) -> Fault:
    """Say in a planner's words what libyaml stumbled over."""
    mark = error.problem_mark
    problem = str(error.problem)
    if problem.startswith("found unexpected end of stream") and "quoted" in str(error.context):
        mark, problem = error.context_mark, "a quote is opened here and never closed"
    elif problem == "could not find expected ':'" and error.context_mark is not None:
        mark = error.context_mark
    line, column = (mark.line, mark.column) if mark is not None else (0, 0)
    lines = text.splitlines() or [""]
    line = min(line, len(lines) - 1)
    if line and _WIDE_KEY.match(lines[line - 1]):
        # libyaml stumbles one line after a key that has no colon of its own.
        line, column = line - 1, len(lines[line - 1].partition("\uff1a")[0])
    content = lines[line]
    if "cannot start any token" in problem:
        letter = content[column : column + 1]
        if letter == "\t" or "\t" in content[: column + 1]:
            problem = "a tab stands in the indentation; use spaces"
        else:
            problem = f"a value cannot start with {letter!r}; put it in quotes"
    elif problem.startswith("mapping values are not allowed"):
        problem = "a second ':' or wrong indentation; put a text that holds ': ' in quotes"
    elif error.context and "flow" in str(error.context):
        opened = error.context_mark.line + 1 if error.context_mark is not None else line + 1
        problem = f"the bracket opened in line {opened} is not closed; {problem}"
    return Fault(source.name, line + 1, column + 1, "", f"no YAML: {problem}{full_width_hint(content)}")


class _Frame:
    """A mapping or list that is being filled."""

    __slots__ = ("is_key", "items", "key", "key_place", "opened", "path")

    def __init__(self, items: dict[str, Node] | list[Node], opened: Place, path: str, *, is_key: bool = False) -> None:
        self.items = items
        self.opened = opened
        self.path = path
        self.key: str | None = None
        self.key_place = opened
        self.is_key = is_key

    @property
    def needs_key(self) -> bool:
        """Whether the next value is a key."""
        return self.key is None and isinstance(self.items, dict)


class _Builder:
    """Builds the tree from the parser's events, without recursion."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.faults: list[Fault] = []
        self.frames: list[_Frame] = []
        self.root: Node | None = None
        self.ignored = 0

    def build(self, events: Iterator[_Event]) -> Node | None:
        """Return the root of the first document."""
        documents = 0
        for event in events:
            kind = type(event)
            if kind is yaml.ScalarEvent:
                self._scalar(event)
            elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
                if len(self.frames) >= DEPTH:
                    self._fault(event, f"nested deeper than {DEPTH} levels")
                    return None
                self._open(event, {} if kind is yaml.MappingStartEvent else [])
            elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
                self._close()
            elif kind is yaml.AliasEvent:
                self._fault(event, f"YAML aliases (*{event.anchor}) are not allowed; use extends", self._path())
                if not self._ignore_key(event):
                    self._add(None, "", event)
            elif kind is yaml.DocumentStartEvent:
                documents += 1
                if documents > 1:
                    self._fault(event, "a second document starts here; a file holds one, take '---' away")
                    break
        return self.root

    def _fault(self, event: _Event, message: str, path: str = "") -> None:
        mark = event.start_mark
        self.faults.append(Fault(self.source.name, mark.line + 1, mark.column + 1, path, message))

    def _scalar(self, event: _Event) -> None:
        self._refuse_tag(event)
        text: str = event.value
        if not text.isascii():
            text = unicodedata.normalize("NFC", text)
        if event.style and (hidden := _INVISIBLE.search(text)):
            # An escape in double quotes can bring back what may not stand in the file.
            self._fault(event, f"{_named(hidden[0])} in a quoted text; take it away", self._path())
        frame = self.frames[-1] if self.frames else None
        if frame is not None and frame.needs_key and isinstance(frame.items, dict):
            self._key(event, text, frame, frame.items)
            return
        if event.style:
            self._add(text, text, event)
            return
        try:
            value = scalar(text)
        except ValueError as error:
            self._fault(event, str(error), self._path())
            value = None
        self._add(value, text, event)

    def _key(self, event: _Event, text: str, frame: _Frame, items: dict[str, Node]) -> None:
        """Take note of a key; an unlawful one still takes a value."""
        path = f"{frame.path}.{text}" if frame.path else text
        if text == "<<" and not event.style:
            self._fault(event, "merge keys (<<) are not allowed; use extends", frame.path)
        elif not text:
            self._fault(event, "a key is empty", frame.path)
        elif text in items:
            first = items[text].key_line
            self._fault(event, f"key {typed(text)} is given twice (first at line {first})", path)
        else:
            frame.key = text
        mark = event.start_mark
        frame.key_place = (mark.line + 1, mark.column + 1)
        self._ignore_key(event)

    def _ignore_key(self, event: _Event) -> bool:
        """Give the value that comes next a key that is dropped later; return whether a key was due."""
        frame = self.frames[-1] if self.frames else None
        if frame is None or not frame.needs_key:
            return False
        self.ignored += 1
        frame.key = f"\0{self.ignored}"
        frame.key_place = (event.start_mark.line + 1, event.start_mark.column + 1)
        return True

    def _open(self, event: _Event, items: dict[str, Node] | list[Node]) -> None:
        self._refuse_tag(event)
        place = (event.start_mark.line + 1, event.start_mark.column + 1)
        path = self._path()
        is_key = self._ignore_key(event)
        if is_key:
            self._fault(event, "a key must be a plain word, not a list or mapping", path)
        self.frames.append(_Frame(items, place, path, is_key=is_key))

    def _close(self) -> None:
        frame = self.frames.pop()
        if isinstance(frame.items, dict):
            for key in [key for key in frame.items if key.startswith("\0")]:
                del frame.items[key]
        if not frame.is_key:
            self._place(frame.items, "", frame.opened)

    def _add(self, value: object, text: str, event: _Event) -> None:
        mark = event.start_mark
        self._place(value, text, (mark.line + 1, mark.column + 1))

    def _place(self, value: object, text: str, place: Place) -> None:
        """Put a finished value where it belongs."""
        frame = self.frames[-1] if self.frames else None
        key_place = place
        if frame is not None and isinstance(frame.items, dict) and frame.key is not None:
            key_place = frame.key_place
        node = Node(value, self.source, *place, *key_place, text)
        if frame is None:
            self.root = node
        elif isinstance(frame.items, list):
            frame.items.append(node)
        elif frame.key is not None:
            frame.items[frame.key] = node
            frame.key = None

    def _path(self) -> str:
        """Return the path of the value that comes next."""
        if not self.frames:
            return ""
        frame = self.frames[-1]
        if isinstance(frame.items, list):
            return f"{frame.path}[{len(frame.items)}]"
        key = frame.key or ""
        return f"{frame.path}.{key}" if frame.path else key

    def _refuse_tag(self, event: _Event) -> None:
        if event.tag is not None:
            self._fault(event, f"YAML tags ({typed(event.tag)}) are not allowed; take it away", self._path())
