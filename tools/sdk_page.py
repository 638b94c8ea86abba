"""Writes the tables of docs/sdk.md from the records of the SDK.

    python tools/sdk_page.py

A table stands between ``<!-- members: TOPIC -->`` and ``<!-- end -->``; the rest of the page is written by
hand. A test keeps the page in step.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from nangonb._sdk import Member, Method, members

PAGE = Path(__file__).resolve().parents[1] / "docs" / "sdk.md"

_HEAD = "| name | what it does | changes | in a dry run |\n|---|---|---|---|\n"
_TABLE = re.compile(r"(<!-- members: (\w+) -->\n).*?(<!-- end -->\n)", re.DOTALL)
_ACTION_ERROR = '| `ActionError` | `raise nango.ActionError("No such contact", id=1)` | | |\n'


def page(text: str) -> str:
    """The page with its tables as the records are now."""
    return _TABLE.sub(lambda match: f"{match[1]}\n{_table(match[2])}\n{match[3]}", text)


def _table(topic: str) -> str:
    rows = [_row(each) for each in members(is_sync=True) if each.topic == topic]
    return _HEAD + "".join(rows) + (_ACTION_ERROR if topic == "run" else "")


def _row(member: Member) -> str:
    marks = ["**Sync**"] if member.sync_only else []
    marks += ["**zero-yaml**"] if member.zero_yaml_only else []
    owner = ""
    if isinstance(member, Method):
        marks += [f"**deprecated**, use `{member.replaced_by}`"] if member.replaced_by else []
        owner = {None: "", "provider": "provider", "Nango": "Nango", "run": "this run"}[member.owner]
    what = f"{'; '.join(marks)}: {member.summary}" if marks else member.summary
    cells = [f"`{_call(member)}`", _markdown(what), owner, _markdown(member.in_a_dry_run)]
    return "|" + "".join(f" {cell} |" if cell else " |" for cell in cells) + "\n"


def _call(member: Member) -> str:
    """``proxy(endpoint, method=…, …)``; a property is its name."""
    return f"{member.name}({', '.join(_arguments(member))})" if isinstance(member, Method) else member.name


def _arguments(method: Method) -> Iterator[str]:
    if method.takes_any_number:
        yield "*messages"
    for each in method.parameters:
        yield each.name if each.by_position and each.required else f"{each.name}=…"
    if method.takes_options:
        yield "…"


def _markdown(text: str) -> str:
    return text.replace("``", "`").replace("|", "\\|").removesuffix(".")


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text("utf-8")), "utf-8")
