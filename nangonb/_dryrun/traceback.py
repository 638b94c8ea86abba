"""What a script raised, shown with the user's lines only, numbered as in the cell."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from types import FrameType, TracebackType
from typing import Any

from nangonb._masking import Masker
from nangonb._project import Place, Project, Source, wording
from nangonb._project.elsewhere import LocateName, name_hint
from nangonb._text import plural, printable
from nangonb.errors import ActionError, ConfigurationError, HTTPError, SDKError

_COMPREHENSIONS = ("<listcomp>", "<setcomp>", "<dictcomp>")
_CONTEXT = 2
_BODY = 1_000
_POSITIONAL = re.compile(r"^\w+\.(get|post|put|patch|delete|proxy|paginate)\(\) takes 2 positional")
_TEXT_AS_DICT = re.compile(
    r"^string indices must be|^'str' object has no attribute '(get|items|keys|values)'"
)
_FIRST_FRAMES, _LAST_FRAMES = 3, 4
_FIRST_CAUSES, _LAST_CAUSES = 2, 2
_TEXT, _LINES, _LINE = 2_000, 20, 300


def place_of(error: BaseException, sources: Mapping[str, Source]) -> Place | None:
    """The innermost line of the user's that led to ``error``."""
    place: Place | None = None
    for source, line, column, _ in _user_frames(error, sources):
        place = source.place(line, column)
    return place


def calling_place(sources: Mapping[str, Source]) -> Place | None:
    """The innermost line of the user's that is being executed."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        source = sources.get(frame.f_code.co_filename)
        if source is not None:
            return source.place(frame.f_lineno)
        frame = frame.f_back
    return None


def trace_lines(
    error: BaseException, sources: Mapping[str, Source], masker: Masker, *, whole: str
) -> list[str]:
    """The user's frames with some lines around each, then the error, its causes first.

    What is long is cut, with how much was left out; ``whole`` says where all of it is.
    """
    lines: list[str] = []
    chain = _chain(error)
    skipped = len(chain) - _FIRST_CAUSES - _LAST_CAUSES
    for count, each in enumerate(chain):
        if skipped > 0 and _FIRST_CAUSES <= count < _FIRST_CAUSES + skipped:
            if count == _FIRST_CAUSES:
                lines += ["", f"… {plural(skipped, 'error')} more in between: {whole}"]
            continue
        if lines:
            lines.append("")
        frames = list(_user_frames(each, sources))
        left_out = len(frames) - _FIRST_FRAMES - _LAST_FRAMES
        for number, (source, line, _, function) in enumerate(frames):
            if left_out > 0 and _FIRST_FRAMES <= number < _FIRST_FRAMES + left_out:
                if number == _FIRST_FRAMES:
                    lines += [f"… {plural(left_out, 'call')} more …: {whole}", ""]
                continue
            where = "" if function == "<module>" else f", in {function}"
            lines.append(f"{source.label}, line {line}{where}")
            lines.extend(short_line(masker.known(text)) for text in _around(source, line))
            lines.append("")
        lines.append(short(masker.text(summary(each)), whole=whole))
        lines.extend(_body_lines(each, masker))
        lines.extend(short(masker.text(str(note)), whole=whole) for note in getattr(each, "__notes__", ()))
    return [printable(line) for line in lines]


def short(text: str, *, whole: str) -> str:
    """At most 2,000 characters on 20 lines, and how much that leaves out; ``whole`` says where it is."""
    kept = "\n".join(text[:_TEXT].split("\n")[:_LINES])
    if len(kept) == len(text):
        return text
    return f"{kept} …\n… {len(text) - len(kept):,} of {len(text):,} characters are left out: {whole}"


def short_line(text: str) -> str:
    """At most 300 characters."""
    return text if len(text) <= _LINE else f"{text[:_LINE]} … ({len(text):,} characters)"


def summary(error: BaseException) -> str:
    """``KeyError: 'Email'``, on one line or more."""
    name = type(error).__name__
    try:
        text = error.msg if isinstance(error, SyntaxError) else str(error)
    except Exception:
        text = "(its text cannot be made)"
    return f"{name}: {text}" if text else name


_MODELS = "Declare models in {yaml}, and import their types: from nangonb.models import Contact"
_REQUESTS = "Send requests with the nango object: nango.get('/contacts')"
#: What stands in for packages that scripts are used to.
_INSTEAD = {
    **dict.fromkeys(("pydantic", "attr", "attrs", "marshmallow"), _MODELS),
    **dict.fromkeys(("requests", "httpx", "aiohttp", "urllib3"), _REQUESTS),
}


def _missing_module(name: str, project: Project) -> str:
    package = name.partition(".")[0]
    if (instead := _INSTEAD.get(package)) is not None:
        message = f"{package} is a Python package, and Nango has none. {instead}"
        return message.format(yaml=wording.yaml_home(project))
    if project.module(f"nangonb.modules.{name}") is not None:
        return f"Modules of your own are imported from nangonb.modules: from nangonb.modules.{name} import …"
    home = wording.new_module(project, name.replace(".", "/"))
    install = f"pip install {package}" if project.of_files else f"%pip install {package}"
    return (
        f"{name} is not installed here. Code of your own goes into {home}, and is imported from "
        f"nangonb.modules. A Python package serves dry runs only ({install}): Nango has none."
    )


def hint(error: BaseException, project: Project, locate_name: LocateName | None) -> str:
    """How to mend it, where that can be said; or an empty string."""
    if isinstance(error, ConfigurationError):
        return error.hint or ""
    if isinstance(error, NameError) and error.name:
        return name_hint(error.name, project, locate_name)
    if isinstance(error, KeyError) and error.args and isinstance(error.args[0], str):
        return (
            f"The data has no key {error.args[0]!r} here; use .get({error.args[0]!r}) where it may be absent."
        )
    if isinstance(error, ModuleNotFoundError) and error.name and not error.name.startswith("nangonb"):
        return _missing_module(error.name, project)
    if isinstance(error, HTTPError) and not getattr(error, "__notes__", None):
        return _status_hint(error)
    if isinstance(error, AttributeError) and isinstance(error.obj, HTTPError):
        return "It has .status, .data and .headers itself, and no .response."
    if isinstance(error, TypeError) and (positional := _POSITIONAL.search(str(error))):
        option = "paginate" if positional[1] == "paginate" else "params"
        return f"Options are keywords: nango.{positional[1]}('/contacts', {option}={{…}})"
    if isinstance(error, (TypeError, AttributeError)) and _TEXT_AS_DICT.search(str(error)):
        return (
            "This is text, not a dict: perhaps the body was empty, HTML or broken JSON; "
            "nango.log(response.data) shows it."
        )
    return ""


def _status_hint(error: HTTPError) -> str:
    """What to do about a refusal of the provider."""
    status = error.status or 0
    if isinstance(error.data, dict) and error.data.get("code") == "ERR_FR_TOO_MANY_REDIRECTS":
        return (
            "The provider redirects in a loop, which repeating does not fix: check the path, and "
            "whether it wants a slash at its end."
        )
    if status == 429:
        after = error.headers.get("retry-after")
        asks = f" (Retry-After: {after})" if after else ""
        return (
            f"Too many requests for the provider{asks}. With retries=3 Nango waits and repeats the request."
        )
    if status == 401:
        return "The provider refuses this connection's credentials: reconnect it in Nango."
    if status == 403:
        return "The connection's credentials lack a permission (scope) for this."
    if status == 404:
        return "The provider has nothing at this path; Nango puts it after the provider's base URL."
    if status >= 500:
        return "The provider failed. With retries=3 Nango repeats the request."
    return ""


def error_json(error: BaseException, sources: Mapping[str, Source], masker: Masker) -> dict[str, Any]:
    """The public JSON form: ``type``, ``payload`` and ``status`` as ``nango dryrun`` reports them."""
    document: dict[str, Any]
    if isinstance(error, ActionError):
        document = {"type": error.type, "payload": error.payload, "status": 500}
    elif isinstance(error, HTTPError) and error.status is not None and error.data:
        data = error.data.decode("utf-8", "replace") if isinstance(error.data, bytes) else error.data
        payload = (data.get("payload") or data) if isinstance(data, dict) else data
        payload = payload if isinstance(payload, (dict, list)) else {"message": payload}
        document = {"type": "script_http_error", "payload": payload, "status": error.status}
    else:
        code = error.code if isinstance(error, (SDKError, HTTPError)) else None
        payload = {"name": type(error).__name__, "code": code, "message": _message(error)}
        document = {"type": "script_internal_error", "payload": payload, "status": 500}
    place = place_of(error, sources)
    document["name"] = type(error).__name__
    document["message"] = _message(error)
    document["place"] = (
        None if place is None else {"source": place.source, "line": place.line, "text": place.text}
    )
    masked: dict[str, Any] = masker.data(document)
    return masked


def _message(error: BaseException) -> str:
    return summary(error).removeprefix(type(error).__name__).removeprefix(": ")


def _chain(error: BaseException) -> list[BaseException]:
    """Causes first, as Python prints them."""
    chain = [error]
    while True:
        last = chain[-1]
        before = last.__cause__ or (None if last.__suppress_context__ else last.__context__)
        if before is None or any(before is each for each in chain):
            return chain[::-1]
        chain.append(before)


_Called = tuple[Source, int, int | None, str]
"""Where, in which line and column (None where it is not known), in which function."""


def _user_frames(error: BaseException, sources: Mapping[str, Source]) -> Iterator[_Called]:
    told = getattr(error, "script_frames", None)  # of a script in TypeScript, innermost first
    if told is not None:
        for frame in reversed(told):
            if frame.file in sources:
                yield sources[frame.file], frame.line, frame.column, frame.function or "<module>"
        return
    trace: TracebackType | None = error.__traceback__
    before: tuple[Source, int] | None = None
    while trace is not None:
        code = trace.tb_frame.f_code
        source = sources.get(code.co_filename)
        # a comprehension on the line that was just shown says nothing new; Python 3.12 has no frame for it
        inlined = code.co_name in _COMPREHENSIONS and before == (source, trace.tb_lineno)
        if source is not None and not inlined:
            yield source, trace.tb_lineno, None, code.co_name
            before = source, trace.tb_lineno
        trace = trace.tb_next
    if isinstance(error, SyntaxError) and error.lineno:
        source = sources.get(error.filename or "")
        if source is not None:  # the line that does not compile was never in a frame
            yield source, error.lineno, None, "<module>"


def _around(source: Source, line: int) -> list[str]:
    lines = source.lines
    first, last = max(line - _CONTEXT, 1), min(line + _CONTEXT, len(lines))
    return [
        f"{'---->' if number == line else '     '} {number:>3} {lines[number - 1]}".rstrip()
        for number in range(first, last + 1)
    ]


def _body_lines(error: BaseException, masker: Masker) -> list[str]:
    """What the provider said, which the message of an HTTP error leaves out."""
    if isinstance(error, HTTPError):
        where = masker.text(f"{error.method} {error.url}".strip())
        return [line for line in (where, _shown(error.data, masker)) if line]
    if isinstance(error, ActionError) and set(error.payload) - {"message"}:
        return [_shown(error.payload, masker)]
    return []


def _shown(value: Any, masker: Masker) -> str:
    """Masked first and cut afterwards: half a secret would not be known."""
    import json

    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    if value is not None and not isinstance(value, str):
        value = json.dumps(masker.data(value), ensure_ascii=False, default=str)
    text = masker.text(value or "")
    return f"{text[:_BODY]} … ({len(text):,} characters)" if len(text) > _BODY else text
