"""Cells with one mistake each: the line that begins with ``> `` is where it is said."""

from __future__ import annotations

from collections.abc import Iterator

from nangonb._project import Problem
from tests.sessions import Session

YAML = """\
%%nango_yaml
integrations:
  crm:
    syncs:
      people:
        runs: every day
        output: Person
        endpoint: GET /people
      all:
        runs: every day
        output: [Company, Account]
        endpoint: [GET /all, GET /all-companies]
    actions:
      do:
        endpoint: POST /do
    on-events:
      post-connection-creation:
        - greet
models:
  Person:
    id: string
  Company:
    id: string
  Account:
    id: string
"""


def session(magic: str, text: str, *others: str) -> tuple[Session, list[Problem], list[int]]:
    """The cell declared, what is said of it, and its marked lines (counted in the cell)."""
    lines = [f"%%nango_{magic}", *text.split("\n")]
    marked = [number for number, line in enumerate(lines, 1) if line.startswith("> ")]
    made = Session()
    for number, other in enumerate((YAML, *others), 1):
        made.declare(other, label=f"Cell In[{number}]")
    source = "\n".join(line.removeprefix("> ") for line in lines)
    return made, list(made.declare(source, label="Cell In[9]").problems), marked


def lints(problems: list[Problem]) -> Iterator[Problem]:
    return (problem for problem in problems if not problem.code.startswith("ts-"))


def sync(body: str, head: str = "", below: str = "") -> str:
    """A script with ``fetch_data`` around the body."""
    lines = [
        f"> {'    ' + line[2:]}" if line.startswith("> ") else "    " + line for line in body.split("\n")
    ]
    return f"{head}def fetch_data(nango):\n" + "\n".join(lines) + "\n" + below
