"""What Nango's CLI prints in a dry run, read back: records, counts, lines of the log, and why it failed.

Only this is told of a dry run on Nango's servers. The format is that of today's CLI; what is not understood
stays in the log.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

__all__ = ["CliOutput", "Complaint", "Written", "complaints", "plain", "read_failure", "read_output"]

_COLOUR: Final = re.compile(r"\x1b\[[0-9;]*m")
_BEGINS: Final = re.compile(r"^Executing ->", re.MULTILINE)
_RESULTS: Final = "The dry run would produce the following results:"
_MESSAGES: Final = "The following log messages were generated:"
_WRITTEN: Final = re.compile(
    r"A batch (?P<what>save|update|delete) call would \w+ the following data"
    r"(?: to the (?P<model>.+?) model)?(?: \(variant: [^)]*\))?:"
)
_FAILED: Final = "An error occurred during execution"
_COMPLAINT: Final = re.compile(
    r"(?P<file>[^\s:()]+\.ts)[:(](?P<line>\d+)[:,](?P<column>\d+)\)?\s*(?:-|:)\s*"
    r"error\s+(?P<code>[\w-]+):\s*(?P<text>[^\n]+)"
)
_DECODER: Final = json.JSONDecoder()


@dataclass(frozen=True, slots=True)
class Written:
    """One call that writes. The CLI does not say of which ``model`` records are deleted: None."""

    what: Literal["save", "update", "delete"]
    model: str | None
    records: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class CliOutput:
    """``counts`` are added, updated and deleted as the CLI counts them, empty where it does not say."""

    log: list[str]
    written: list[Written]
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Complaint:
    """What the TypeScript compiler said: ``line`` and ``column`` count from 1."""

    line: int
    column: int
    code: str
    text: str


def plain(text: str) -> str:
    """Without colours, with plain line ends."""
    return _COLOUR.sub("", text).replace("\r\n", "\n")


def read_output(output: str) -> CliOutput:
    """What a dry run that succeeded printed."""
    text = plain(output)
    begins = _BEGINS.search(text)
    if begins is not None:
        text = text[begins.start() :].partition("\n")[2]
    log_text, has_results, rest = text.partition(_RESULTS)
    counts: dict[str, int] = {}
    written: list[Written] = []
    log = _log(log_text)
    if has_results:
        value, end = _value(rest, 0)
        if isinstance(value, dict):
            counts = {name: each for name, each in value.items() if isinstance(each, int)}
        rest = rest[end:].partition(_MESSAGES)[2]
        for value in _values(rest):
            match = _WRITTEN.fullmatch(value) if isinstance(value, str) else None
            if match is not None:
                written.append(Written(match["what"], match["model"]))  # type: ignore[arg-type]
            elif isinstance(value, dict) and written:
                written[-1].records.append(value)
            else:
                log.append(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
    return CliOutput(log, written, counts)


def read_failure(output: str) -> tuple[list[str], dict[str, Any] | None]:
    """What a dry run that failed printed: the log, and the error as ``{type, payload, status}``, or None
    where it is only a message; then those are the end of the log."""
    text = plain(output)
    begins = _BEGINS.search(text)
    if begins is not None:
        text = text[begins.start() :].partition("\n")[2]
    log_text, has_failed, rest = text.partition(_FAILED)
    if not has_failed:
        return _log(text), None
    value, end = _value(rest, 0)
    if not isinstance(value, dict):
        return _log(log_text + rest), None
    return _log(log_text + rest[end:]), value


def complaints(output: str) -> list[Complaint]:
    """What the compiler said, each thing once."""
    messages = [
        Complaint(int(match["line"]), int(match["column"]), match["code"], match["text"].strip())
        for match in _COMPLAINT.finditer(plain(output))
    ]
    return list(dict.fromkeys(messages))


def _log(text: str) -> list[str]:
    return [line for line in text.split("\n") if line.strip() and line.strip() != "Done"]


def _values(text: str) -> Iterator[Any]:
    """JSON values, one after the other; a line that is none is given as it is."""
    at = 0
    while at < len(text):
        at += len(text[at:]) - len(text[at:].lstrip())
        if at >= len(text):
            return
        value, end = _value(text, at)
        if end == at:
            line = text[at:].partition("\n")[0]
            value, end = line, at + len(line)
        yield value
        at = end


def _value(text: str, at: int) -> tuple[Any, int]:
    """The JSON value that begins at ``at``, or behind white space there, and where it ends."""
    start = at
    while start < len(text) and text[start].isspace():
        start += 1
    try:
        return _DECODER.raw_decode(text, start)
    except ValueError:
        return None, at
