"""Secrets stay secret: a value that never shows itself, and a filter for text that may contain one."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any, Final, final
from urllib.parse import quote, quote_plus

from nangonb.text import LEVELS

MASK: Final = "****"

# Names whose values are secrets wherever they stand: in headers, query strings, JSON bodies.
_SECRET_NAME = re.compile(
    r"(?i)^(proxy-)?authorization$|^(set-)?cookie$|secret|password|passwd|passphrase|private[-_]?key"
    r"|api[-_]?key|access[-_]?key|client[-_]?key|(access|refresh|id|auth|bearer|session|csrf)[-_]?token|^token$|^x-[a-z-]*token$"
    r"|^sig(nature)?$|^pwd$|^x-amz-signature$|credential|^jwt$|^assertion$"
)
# Pages of many megabytes go through this: each part is possessive or of a bounded length, else a long row of
# words would take minutes.
_IN_TEXT = re.compile(
    r"""(?isx)
    (?P<lead> \b(?:bearer|basic|token)\s+ )(?P<bearer>[A-Za-z0-9._~+/=:-]{8,})
  | (?P<name>
        (?: secret | password | passwd | api[-_]?key | private[-_]?key
          | (?:access|refresh|id|auth|bearer|session)[-_]?token | authorization )
        [a-z0-9_.-]{0,100}+ ["']? \s*+ [=:] \s*+ ["']?
        (?: (?:bearer|basic|token) \s+ )? )(?P<value>[^\s"'&,;}\])]{4,})
  | (?P<jar> \b (?:set-)?cookie ["']? \s* : \s* (?: \[ \s* )? ["']? )(?P<cookie>[^=\s"'\]]+ = [^\r\n"'\]]+
        (?: ["'] \s* , \s* ["'] [^=\s"'\]]+ = [^\r\n"'\]]+ )*)
  | (?P<userinfo>(?<=://)[^/\s:@]*:[^/\s@]+(?=@))
  | (?P<query>(?<=[?&])
        (?:token|sig|jwt|x-amz-(?:security-token|credential)|auth|pass|pwd)=)[^\s"'&\#]{4,}
  | (?P<key>(?<=[?&])key=)[a-z0-9_.-]{20,}
  | (?P<shape>
        \b eyJ[a-z0-9_-]{8,8000}+ \. [a-z0-9_-]{8,}+ (?: \. [a-z0-9_-]* )?
      | \b (?: gh[oprsu]_ | github_pat_ | glpat- | xox[abeoprs]- | xapp- | [rs]k_(?:live|test)_ | shpat_
            | pat-[a-z]{2}\d- ) [a-z0-9_-]{10,}
      | -----BEGIN\ [a-z\ ]*PRIVATE\ KEY----- (?: .*? -----END\ [a-z\ ]*PRIVATE\ KEY----- | .* )
    )
    """
)
# One of these stands in whatever that finds; to look for them takes a tenth of the time.
_SIGNS = (
    *("secret", "passw", "key", "token", "authorization", "bearer", "basic", "cookie", "://", "sig="),
    *(
        "jwt=",
        "x-amz-",
        "auth=",
        "pass=",
        "pwd=",
        "eyj",
        "gho_",
        "ghp_",
        "ghr_",
        "ghs_",
        "ghu_",
        "github_pat_",
    ),
    *("glpat-", "xox", "xapp-", "_live", "_test", "shpat_", "pat-"),
)


@final
class Secret:
    """A string that shows ``****`` wherever it is printed, formatted, logged or pickled by accident."""

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
        raise TypeError("a Secret is not pickled")


def is_secret_name(name: str) -> bool:
    """Whether a header, parameter or field of this name holds a secret."""
    return _SECRET_NAME.search(name) is not None


class Masker:
    """Replaces known secret values, and values of known secret shapes, by ``****``.

    One masker belongs to a session: every key and token that passes through is added to it.
    """

    def __init__(self, values: Iterable[str] = ()) -> None:
        self._values: set[str] = set()
        self._pattern: re.Pattern[str] | None = None
        for value in values:
            self.add(value)

    def add(self, value: str | Secret | None) -> None:
        """Remember a secret. Values of fewer than four characters are too common to look for."""
        text = value.reveal() if isinstance(value, Secret) else value
        if text and len(text) >= 4 and text not in self._values:
            # as it stands in a URL and in JSON, too
            in_url = {each(text, safe="", errors="surrogatepass") for each in (quote, quote_plus)}
            self._values |= {text, *in_url, json.dumps(text)[1:-1]}
            self._values.add(json.dumps(text, ensure_ascii=False)[1:-1])
            self._pattern = None

    def add_all(self, data: Any) -> None:
        """Remember every string in a credentials object, except the plain words in it (``OAUTH2``, dates)."""
        if isinstance(data, dict):
            for name, value in data.items():
                if name not in _PLAIN_CREDENTIAL_FIELDS:
                    self.add_all(value)
        elif isinstance(data, list):
            for value in data:
                self.add_all(value)
        elif isinstance(data, str):
            self.add(data)

    def __reduce__(self) -> Any:
        raise TypeError("a Masker is not pickled: it holds secrets")

    def text(self, text: str) -> str:
        """``text`` without secrets."""
        text = self.known(text)
        small = text.lower()
        if not any(sign in small for sign in _SIGNS):
            return text
        return _IN_TEXT.sub(_mask_match, text)

    def known(self, text: str) -> str:
        """``text`` without the known values only: for source code and data, which look like anything."""
        if any(value in text for value in self._values):
            if self._pattern is None:
                longest_first = sorted(self._values, key=len, reverse=True)
                self._pattern = re.compile("|".join(re.escape(value) for value in longest_first))
            text = self._pattern.sub(MASK, text)
        return text

    def data(self, data: Any, levels: int = LEVELS) -> Any:
        """A copy of JSON-like ``data`` without secrets, by name and by value; what is nested deeper than
        ``levels`` is left out."""
        if levels < 0 and isinstance(data, (dict, list, tuple)):
            return "…"
        if isinstance(data, dict):
            return {
                name: self._hidden(value, levels - 1)
                if isinstance(name, str) and is_secret_name(name)
                else self.data(value, levels - 1)
                for name, value in data.items()
            }
        if isinstance(data, (list, tuple)):
            return [self.data(value, levels - 1) for value in data]
        if isinstance(data, str):
            return self.text(data)
        return data

    def _hidden(self, value: Any, levels: int) -> Any:
        """What stands under the name of a secret, a list too; a dict has names of its own."""
        if isinstance(value, (list, tuple)) and levels >= 0:
            return [self._hidden(each, levels - 1) for each in value]
        return MASK if _is_leaf(value) else self.data(value, levels)


_PLAIN_CREDENTIAL_FIELDS = frozenset({"type", "expires_at", "token_type", "scope", "username", "expires_in"})


def _is_leaf(value: Any) -> bool:
    return isinstance(value, (str, int, float)) and not isinstance(value, bool)


def _mask_match(match: re.Match[str]) -> str:
    if match["bearer"]:
        return match["lead"] + MASK
    if match["userinfo"] or match["shape"]:
        return MASK
    return (match["name"] or match["jar"] or match["query"] or match["key"]) + MASK
