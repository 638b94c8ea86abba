"""The errors of the YAML scanner, in words for who wrote the line."""

from __future__ import annotations

import re
from collections.abc import Sequence

Mark = tuple[int, int]  # line and column, from 0


def explain(reason: str, text: str, at: Mark) -> tuple[str, str, Mark, str]:
    """(code, message, mark, hint) of a syntax error of libyaml, in words for who wrote the line."""
    lines = re.split("\r\n|\n|\r", text)
    line = lines[at[0]] if at[0] < len(lines) else ""
    for number in (at[0], at[0] - 1):
        indent = re.match(r"[ \t]*", lines[number])[0] if 0 <= number < len(lines) else ""  # type: ignore[index]
        if "\t" in indent:
            mark = (number, indent.index("\t"))
            return "yaml-tab", "This line is indented with a tab.", mark, "Indent with spaces."
    if "\\t" in reason or "tab" in reason or "\t" in line[at[1] : at[1] + 1]:
        return "yaml-tab", "YAML requires spaces here, not a tab.", at, "Use spaces."
    hint = "Compare the indentation with the lines above."
    if "mapping values are not allowed" in reason:
        return "yaml-syntax", "Unexpected `: `: there is no key here.", at, (
            "Put the value in quotes if the colon belongs to it; otherwise fix the indentation."
        )  # fmt: skip
    if "could not find expected ':'" in reason:
        return (
            "yaml-syntax",
            "This line is not `key: value`.",
            _previous(lines, at),
            "Add the colon, or fix the quotes.",
        )
    if "found character" in reason and "cannot start any token" in reason:
        sign = line[at[1] : at[1] + 1]
        return "yaml-syntax", f"A value cannot start with `{sign}`.", at, "Put the value in quotes."
    if "expected comment or line break" in reason:
        hint = "Put the whole value in one pair of quotes."
        return "yaml-syntax", "Unexpected text after the end of the value.", at, hint
    if "quoted scalar" in reason or "unexpected end of stream" in reason:
        return "yaml-syntax", "The closing quote is missing.", at, "Close the quote."
    if "expected <block end>" in reason or "did not find expected key" in reason:
        message = "This line belongs neither to the mapping above nor to a new one."
        return "yaml-syntax", message, at, f"{hint} Remove the text after the quoted value."
    if "flow" in reason or "',' or" in reason:
        return "yaml-syntax", "A list or mapping in brackets is not closed, or a comma is missing.", at, (
            "Close the bracket, or put the value in quotes."
        )  # fmt: skip
    return "yaml-syntax", f"Invalid YAML: {reason}.", at, hint


def _previous(lines: Sequence[str], at: Mark) -> Mark:
    """The last line with something on it before ``at``: libyaml notices a missing colon one line late."""
    line = min(at[0], len(lines))
    for number in range(line - 1, -1, -1):
        if lines[number].strip() and not lines[number].lstrip().startswith("#"):
            return number, len(lines[number]) - len(lines[number].lstrip())
    return at
