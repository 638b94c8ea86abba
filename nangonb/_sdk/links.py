"""The ``Link`` header of an answer (RFC 8288), and what Nango's runner makes of it.

Own code: httpx and requests split such a header at each ``,<`` and ``;``, also inside quotes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

NANGO_READS: Final = 2_000
"""Characters: ``parse-link-header``, which Nango's runner uses, ignores a longer header."""

_TARGET: Final = re.compile(r"<([^<>]*)>")
_PARAMETER: Final = re.compile(
    r"""\s*;\s*(?:(?P<name>[^\s=;,"]+)\s*(?:=\s*(?:"(?P<quoted>(?:[^"\\]|\\.)*)(?:"|$)|(?P<token>[^\s;,"]*)))?)?""",
    re.S,
)
_ESCAPED: Final = re.compile(r"\\(.)", re.S)
_NANGO_LINK: Final = re.compile(r"<?([^>]*)>(.*)")
_NANGO_PARAMETER: Final = re.compile(r'\s*(.+)\s*=\s*"?([^"]+)"?')


def link_of(header: str, relation: str) -> str | None:
    """The target of ``relation``; of several, the last one, as on Nango.

    ``header`` may be several header lines, joined by commas. What is not a link is skipped.
    """
    last = None
    for target, relations in _links(header):
        if relation.lower() in relations:
            last = target
    return last


def may_hide(header: str, relation: str) -> bool:
    """Whether a header is not a list of links by RFC 8288, so that ``relation`` may have been meant."""
    relations = [each for _, names in _links(header) for each in names]
    return not relations or any(each.strip("'") == relation.lower() for each in relations)


def _links(header: str) -> Iterator[tuple[str, list[str]]]:
    """Each target with its relations in lower case."""
    position = 0
    while target := _TARGET.search(header, position):
        position, relations = target.end(), None
        while parameter := _PARAMETER.match(header, position):
            position = parameter.end()
            if relations is None and (parameter["name"] or "").lower() == "rel":  # later ones do not count
                quoted = parameter["quoted"]
                value = parameter["token"] if quoted is None else _ESCAPED.sub(r"\1", quoted)
                relations = (value or "").lower().split()
        yield target[1].strip(), relations or []


def link_on_nango(header: str, relation: str) -> str | None:
    """What Nango's runner finds, which is not always what RFC 8288 says."""
    if len(header) > NANGO_READS:
        return None
    last = None
    for part in re.split(r",\s*<", header):
        link = _NANGO_LINK.search(part)
        if link is None:
            continue
        read = (_NANGO_PARAMETER.search(parameter) for parameter in link[2].split(";")[1:])
        values = {parameter[1]: parameter[2] for parameter in read if parameter}
        if relation in values.get("rel", "").split():
            last = link[1]
    return last
