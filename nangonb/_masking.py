"""Mask secrets: :class:`Secret`, a string that never prints its value, and :class:`Masker`, a filter for text
and data.

A secret is detected by its value, in any encoding, where that was added (:meth:`Masker.add`); by its name
(:mod:`nangonb._secret_names`); and by its shape.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from html.entities import codepoint2name
from typing import Any, Final, final
from urllib.parse import unquote_plus

from nangonb._secret_names import SHORT_SIGNS, SIGNS, is_secret, kind_of, looks_secret
from nangonb._text import LEVELS

MASK: Final = "****"

# Values that are too common to search for.
_COMMON: Final = frozenset({"true", "false", "null", "none", "undefined"})
_MIN_LENGTH: Final = 4
_MIN_CORE: Final = 8
_MIN_TEXT: Final = 8  # sig=abcd

# Pages of many megabytes are matched: each part is possessive or of bounded length. Otherwise a long row of
# words would take minutes.
_SHAPES: Final = re.compile(
    r"""(?isx)
    (?P<lead> \b(?:bearer|basic|token)\s+ )(?P<bearer>[A-Za-z0-9._~+/=:-]{8,})
  | (?P<jar> \b (?:set-)?cookie ["']? \s* : \s* (?: \[ \s* )? ["']? )(?P<cookie>[^=\s"'\]]+ = [^\r\n"'\]]+
        (?: ["'] \s* , \s* ["'] [^=\s"'\]]+ = [^\r\n"'\]]+ )*)
  | (?P<userinfo>(?<=://)[^/\s:@]*:[^/\s@]+(?=@))
  | (?P<shape>
        \b eyJ[a-z0-9_-]{8,8000}+ \. [a-z0-9_-]{8,}+ (?: \. [a-z0-9_-]* )?
      | \b (?: gh[oprsu]_ | github_pat_ | glpat- | xox[abeoprs]- | xapp- | [rs]k_(?:live|test)_ | shpat_
            | pat-[a-z]{2}\d- ) [a-z0-9_-]{10,}
      | -----BEGIN\ [a-z\ ]*PRIVATE\ KEY----- (?: .*? -----END\ [a-z\ ]*PRIVATE\ KEY----- | .* )
    )
    """
)
# Every match of _SHAPES contains one of these. Searching for them takes a tenth of the time.
_SHAPE_SIGNS: Final = (
    *("token", "bearer", "basic", "cookie", "://", "eyj", "gho_", "ghp_", "ghr_", "ghs_", "ghu_"),
    *("github_pat_", "glpat-", "xox", "xapp-", "_live", "_test", "shpat_", "pat-", "private key-----"),
)

# A name and its separator from the value: JSON, JSON inside JSON, HTML, a query, a header, Python.
_QUOTE: Final = r"""(?: \\{0,16}+ ["'] | &quot; | &\#0?39; | &\#x27; | %22 | %27 )?"""


def _any_sign() -> str:
    """Return a pattern of every sign, grouped by first letter: much faster than a flat alternation."""
    rests: dict[str, list[str]] = {}
    for sign in SIGNS:
        rests.setdefault(sign[0], []).append(sign[1:])
    for sign in SHORT_SIGNS:
        rests.setdefault(sign[0], []).append(f"{sign[1:]}s?(?-i:(?![a-z]))")
    letters = "|".join(f"{letter}(?:{'|'.join(rest)})" for letter, rest in rests.items())
    return f"(?=[{''.join(rests)}])(?:{letters})"


_NAMED: Final = re.compile(
    rf"""(?ix)
    {_any_sign()} [\w.$-]{{0,100}}+ (?: \] | %5d )?
    (?P<closing> {_QUOTE} ) \s{{0,8}}+ (?P<separator> => | = (?!=) | : (?!//) | %3d | %3a ) \s{{0,8}}+
    (?P<quote> {_QUOTE} )
    """
)
_NAME_SIGNS: Final = (*SIGNS, *SHORT_SIGNS)
_SEPARATORS: Final = ("=", ":", "%3")
_NAME_CHARACTERS: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.$-[")
_NAME_LENGTH: Final = 100
_BARE: Final = re.compile(r"""[^\s"'&,;}\])<>\\#]{4,}+""")
_EXAMINED: Final = 1_000  # leading characters of a value that decide whether it is a secret
_SCHEME: Final = re.compile(r"""[A-Za-z][\w-]{1,30}+[ ]+(?=[^\s"'&,;}\])<>\\#]{4,})""")
_NOTHING: Final = re.compile(r"(?i)(?:true|false|null|none|undefined|nan)(?![\w.-])|\*{4}|\{")
_ITEM: Final = re.compile(r"""(["'])((?:[^"'\\]|\\.)+)\1""")
_LIST_LENGTH: Final = 10_000


@final
class Secret:
    """A string that prints, formats and logs as ``****``, and cannot be pickled."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        return self._value

    def __repr__(self) -> str:
        return f"Secret({MASK!r})"

    def __str__(self) -> str:
        return MASK

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)

    def __reduce__(self) -> Any:
        raise TypeError("a Secret cannot be pickled")


class Masker:
    """Replace known secret values, values under names of secrets, and values of known shapes by ``****``.

    A session has one masker: every key and token that passes through is added to it.
    """

    def __init__(self, values: Iterable[str] = ()) -> None:
        self._values: set[str] = set()
        self._known: list[_Known] = []
        self._names: dict[str, str] = {}
        for value in values:
            self.add(value)

    def add(self, value: str | Secret | None) -> None:
        """Add a secret value. Values of fewer than four characters are ignored: they are too common."""
        text = value.reveal() if isinstance(value, Secret) else value
        if not text or len(text) < _MIN_LENGTH or text in self._values:
            return
        if text.lower() in _COMMON or not text.strip("*"):
            return
        self._values.add(text)
        self._known += [_Known(text), *(_Known(core, in_base64=True) for core in _in_base64(text))]
        # the longest first: one may contain another
        self._known.sort(key=lambda each: -len(each.text))
        self._names.clear()

    def with_values(self, values: Iterable[str]) -> Masker:
        """Return a new masker of these values and ``values``."""
        return Masker(self._values.union(values))

    def learn(self, data: Any, *, sent: bool = False) -> None:
        """Add the values under names of secrets in ``data``, except ordinary words.

        ``sent``: ``data`` is part of a request, and its text is a URL or a form.
        """
        for name, value in _named_values(data, sent=sent):
            for each in {value, value.partition(" ")[2].strip(), unquote_plus(value)}:
                if _is_distinctive(each):
                    self.add(each)
                    self._learn_basic(each)
            if not name:
                self.add(value)

    def _learn_basic(self, value: str) -> None:
        """Add the password of an Authorization header (``user:password`` in base64)."""
        try:
            user, colon, password = base64.b64decode(value, validate=True).decode().partition(":")
        except ValueError:
            return
        if colon:
            for each in (password, *([] if len(password) >= _MIN_LENGTH else [user])):
                self.add(each)

    def __reduce__(self) -> Any:
        raise TypeError("a Masker cannot be pickled: it holds secrets")

    def text(self, text: str) -> str:
        """Return ``text`` with all secrets masked."""
        text = self.known(text)
        if len(text) < _MIN_TEXT:
            return text
        small = text.lower()
        if _has_any(small, _SHAPE_SIGNS):
            text = _SHAPES.sub(_mask_shape, text)
        if _has_any(small, _SEPARATORS) and _has_any(small, _NAME_SIGNS):
            text = _mask_named(text)
        return text

    def known(self, text: str) -> str:
        """Return ``text`` with only the known values masked: for source code and data, where names and shapes
        give false positives."""
        for each in self._known:
            if each.anchor in text:
                text = each.mask(text)
        return text

    def shortened(self, text: str) -> str:
        """:meth:`text` of what was cut and ends in ``…``: the first part of a known secret is masked, too."""
        text = self.text(text)
        if not text.endswith("…"):
            return text
        kept = text[:-1]
        for value in {form for each in self._values for form in (each, repr(each)[1:-1])}:
            for length in range(min(len(value), len(kept)), _MIN_LENGTH - 1, -1):
                if kept.endswith(value[:length]):
                    return f"{kept[:-length]}{MASK}…"
        return text

    def known_json(self, text: bytes) -> bytes:
        """Mask the known values in JSON text, which stays valid JSON. Numbers are masked, too."""
        decoded = text.decode()
        if self.known(decoded) == decoded:
            return text
        import json

        return json.dumps(self._known_data(json.loads(decoded)), separators=(",", ":")).encode()

    def _known_data(self, data: Any) -> Any:
        if isinstance(data, dict):
            masked: dict[str, Any] = {}
            for name, value in data.items():
                masked[_free(self.known(name), masked)] = self._known_data(value)
            return masked
        if isinstance(data, list):
            return [self._known_data(value) for value in data]
        if isinstance(data, str):
            return self.known(data)
        number = isinstance(data, (int, float)) and not isinstance(data, bool)
        return MASK if number and str(data) in self._values else data

    def data(self, data: Any, levels: int = LEVELS, *, sent: bool = False) -> Any:
        """Return a copy of JSON-like ``data`` with secrets masked, by name and by value.

        Anything nested deeper than ``levels`` is replaced by ``…``. ``sent``: as in
        :func:`nangonb._secret_names.is_secret`.
        """
        if levels < 0 and isinstance(data, (Mapping, list, tuple)):
            return "…"
        if isinstance(data, Mapping):
            named = _name_of_value(data)
            masked: dict[Any, Any] = {}
            for name, value in data.items():
                key = name
                if isinstance(name, str):
                    key = self._name(name)
                    label = named if named and name in _VALUES else name
                    value = self._below(label, value, levels - 1, sent=sent)
                else:
                    value = self.data(value, levels - 1, sent=sent)
                masked[_free(key, masked)] = value
            return masked
        if isinstance(data, (list, tuple)):
            return [self.data(value, levels - 1, sent=sent) for value in data]
        if isinstance(data, str):
            return self.text(data)
        if isinstance(data, (int, float)) and self._values and str(data) in self._values:
            return MASK
        return data

    def _name(self, name: str) -> str:
        """Mask a name. Cached: names repeat."""
        masked = self._names.get(name)
        if masked is None:
            if len(self._names) > _MOST_NAMES:
                self._names.clear()
            masked = self._names[name] = self.text(name)
        return masked

    def _below(self, name: str, value: Any, levels: int, *, sent: bool) -> Any:
        """Mask the value of a name. The name applies to each item of a list, not to the values of a dict."""
        if isinstance(value, (list, tuple)) and levels >= 0:
            return [self._below(name, each, levels - 1, sent=sent) for each in value]
        return MASK if is_secret(name, value, sent=sent) else self.data(value, levels, sent=sent)


_MOST_NAMES: Final = 10_000
_NAMES: Final = ("name", "key", "header", "field")
_VALUES: Final = frozenset({"value", "values"})


def _name_of_value(data: Mapping[Any, Any]) -> str | None:
    """Return the name in ``{"name": "API_KEY", "value": "…"}``, as in lists of headers and variables."""
    if len(data) > 6 or _VALUES.isdisjoint(data):
        return None
    label = next((data[name] for name in _NAMES if name in data), None)
    return label if isinstance(label, str) else None


def _free(name: Any, taken: Mapping[Any, Any]) -> Any:
    """Return ``name``, numbered where it is taken: masking can make two names equal."""
    number, free = 2, name
    while free in taken:
        free, number = f"{name} ({number})", number + 1
    return free


def _is_distinctive(value: str) -> bool:
    """Return whether a value is neither a word nor a short number, so that it is safe to search for."""
    if len(value) < 8 or any(map(str.isspace, value)):
        return False
    return len(value) >= 16 or not (value.isalpha() or value.isdigit())


def _named_values(data: Any, levels: int = LEVELS, *, sent: bool) -> Iterator[tuple[str, str]]:
    """Yield name and value of each secret in ``data``; a password in a URL has an empty name."""
    if levels < 0:
        return
    if isinstance(data, Mapping):
        named = _name_of_value(data)
        for name, value in data.items():
            label = named if named and name in _VALUES else str(name)
            for each in value if isinstance(value, (list, tuple)) else [value]:
                if is_secret(label, each, sent=sent):
                    # a likely name alone is not enough to search for the value elsewhere
                    if is_secret(label, each) or looks_secret(str(each)):
                        yield label, str(each)
                else:
                    yield from _named_values(each, levels - 1, sent=sent)
    elif isinstance(data, (list, tuple)):
        for value in data:
            yield from _named_values(value, levels - 1, sent=sent)
    elif isinstance(data, (str, bytes, bytearray)) and sent and len(data) <= _LONGEST_SENT:
        text = data if isinstance(data, str) else bytes(data).decode("utf-8", "replace")
        for name, start, end in _named_in(text):
            if is_secret(name, text[start:end]) or looks_secret(text[start:end]):
                yield name, text[start:end]
        for match in _SHAPES.finditer(text) if "://" in text else ():
            if match["userinfo"]:
                yield "", unquote_plus(match["userinfo"].partition(":")[2])


_LONGEST_SENT: Final = 100_000


# Known values in any encoding


@dataclass(eq=False)
class _Known:
    """A known value and its encodings: JSON (nested, too), URLs, HTML, ``repr`` and mixtures of them.

    ``anchor`` is the part that all encodings contain. ``in_base64``: ``text`` is the inner part of base64,
    and the whole run of base64 is masked.
    """

    text: str
    in_base64: bool = False

    def __post_init__(self) -> None:
        self.anchor = max(_PLAIN_RUNS.findall(self.text), key=len, default="")

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile("".join(map(_any_form, self.text)))

    def mask(self, text: str) -> str:
        pieces, at = [], 0
        for match in self._pattern.finditer(text):
            start, end = match.span()
            if start < at:
                continue
            if self.in_base64:
                while start > at and text[start - 1] in _BASE64:
                    start -= 1
                end = _BASE64_RUN.match(text, end).end()  # type: ignore[union-attr]
            pieces += [text[at:start], MASK]
            at = end
        return "".join([*pieces, text[at:]]) if pieces else text


# Characters that every encoding leaves unchanged.
_PLAIN_RUNS: Final = re.compile(r"[A-Za-z0-9_.-]+")
_BASE64: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/_-")
_BASE64_RUN: Final = re.compile(r"(?:[A-Za-z0-9+/_=-]|\\+/|(?i:%(?:25)*(?:2b|2f|3d)))*")
_ESCAPED: Final = {"\n": "n", "\r": "r", "\t": "t", "\b": "b", "\f": "f"}


def _any_form(character: str) -> str:
    """Return a pattern of one character in all its encodings."""
    if _PLAIN_RUNS.fullmatch(character):
        return re.escape(character)
    code = ord(character)
    in_bytes = character.encode("utf-8", "surrogatepass")
    units = character.encode("utf-16-be", "surrogatepass").hex()
    named = {39: "apos", **codepoint2name}.get(code)
    numbers = [f"#0*{code}", f"#[xX]0*(?i:{code:x})", *([named] if named else [])]
    forms = [
        f"&(?:amp;)*(?:{'|'.join(numbers)});",
        "(?i:" + "".join(f"%(?:25)*{byte:02x}" for byte in in_bytes) + ")",
        "(?i:" + "".join(rf"\\+u{units[at : at + 4]}" for at in range(0, len(units), 4)) + ")",
        "(?i:" + "".join(rf"\\+x{byte:02x}" for byte in in_bytes) + ")",
        *([rf"\\+(?i:x{code:02x})"] if code < 256 else [rf"\\+(?i:U{code:08x})"]),
        *([rf"\\+{_ESCAPED[character]}"] if character in _ESCAPED else []),
        *([r"\+"] if character == " " else []),
        re.escape(character),
    ]
    return rf"(?:\\|%(?:25)*5[cC])*(?:{'|'.join(forms)})"


def _in_base64(text: str) -> set[str]:
    """Return the runs of base64 that occur in the base64 of any text that contains ``text``."""
    content = text.encode("utf-8", "surrogatepass")
    cores = set()
    for shift in range(3):
        first, last = -(-8 * shift // 6), 8 * (shift + len(content)) // 6
        for alphabet in (base64.b64encode, base64.urlsafe_b64encode):
            cores.add(alphabet(bytes(shift) + content + bytes(2)).decode()[first:last])
    whole = {each(content).decode().rstrip("=") for each in (base64.b64encode, base64.urlsafe_b64encode)}
    # the inner part of a short value occurs in many texts
    return {core for core in cores if len(core) >= _MIN_CORE} or {each for each in whole if len(each) >= 6}


# Names and shapes in text


def _has_any(text: str, parts: tuple[str, ...]) -> bool:
    # no generator: a KeyboardInterrupt while one closes is lost
    for part in parts:  # noqa: SIM110
        if part in text:
            return True
    return False


def _named_in(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield (name, start, end) of the value of each name in ``text`` that may name a secret."""
    at = bare_end = 0
    while match := _NAMED.search(text, at):
        start = at = match.end()
        first = match.start()
        while first > 0 and text[first - 1] in _NAME_CHARACTERS and match.start() - first < _NAME_LENGTH:
            first -= 1
        name = re.match(r"[\w.$\[-]*", text[first:start])[0]  # type: ignore[index]
        if kind_of(name) == "plain":
            continue  # the value of an ordinary name may contain a name of a secret
        # do not scan a long row of names without values again for each name
        again = not match["quote"] and start < bare_end
        end = bare_end if again else _value_end(text, start, match["quote"], name)
        if end is None:
            continue
        if not match["quote"] and text[start] != "[":
            bare_end = end
        value = text[start : min(end, start + _EXAMINED)]
        before = text[first - 1 : first]
        separator = match["separator"].lower()
        if separator == ":" and not match["quote"] and name.lower().endswith("cookie"):
            continue  # _SHAPES covers it
        sent = separator in ("=", "%3d") and (not before or before in "?&;" or not _is_sent_only(name))
        if text[start] == "[":
            for item in _ITEM.finditer(text, start, end):
                if is_secret(name, item[2], sent=sent):
                    yield name, *item.span(2)
        elif is_secret(name, value, sent=sent) and not (
            separator == ":"
            and not match["closing"]
            and (not match["quote"] or name.endswith("s"))
            and _is_prose(name, value)
        ):
            yield name, start, end
        else:
            continue
        at = end


def _is_prose(name: str, value: str) -> bool:
    """Return whether it is prose: ``refuses the credentials: reconnect``, ``token: expired``."""
    return value.isalpha() and value.islower() and len(value) < 16 and not _PASSWORD.search(name)


_PASSWORD: Final = re.compile(r"(?i)secret|passw|pwd")


def _is_sent_only(name: str) -> bool:
    return not is_secret(name, "x" * 16) and not is_secret(name, "x1" * 8)


def _value_end(text: str, start: int, quote: str, name: str) -> int | None:
    if text[start : start + 1] == "[" and not quote:
        end = text.find("]", start, start + _LIST_LENGTH)
        return end if end > 0 and "{" not in text[start:end] else None
    if _NOTHING.match(text, start) and not quote:
        return None
    if quote:
        end = text.find(quote, start)
        while end > 0 and text[end - 1] == "\\" and end > start:
            end = text.find(quote, end + 1)
        if end >= start and "\n" not in text[start:end]:
            return end if end > start else None
    at = start
    if name.lower().endswith("authorization") and (scheme := _SCHEME.match(text, start)):
        at = scheme.end()
    bare = _BARE.match(text, at)
    return bare.end() if bare else None


def _mask_named(text: str) -> str:
    pieces, at = [], 0
    for name, start, end in _named_in(text):
        value = text[start:end]
        if name.lower().endswith("authorization") and (scheme := _SCHEME.match(value)):
            start += scheme.end()
        pieces += [text[at:start], MASK]
        at = end
    return "".join([*pieces, text[at:]]) if pieces else text


def _mask_shape(match: re.Match[str]) -> str:
    if match["bearer"]:
        return match["lead"] + MASK
    return (match["jar"] or "") + MASK
