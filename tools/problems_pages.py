"""Writes docs/problems.md and docs/problems-nango-yaml.md from the registry of problem codes.

    python tools/problems_pages.py

A test compares the pages with the registry.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from nangonb._project.codes import SECTIONS, Code

DOCS = Path(__file__).resolve().parents[1] / "docs"

# ruff: noqa: E501 - lines of the pages

#: What the examples of cells stand beside.
YAML = """\
integrations:
  crm:
    syncs:
      contacts:
        runs: every day
        output: Contact
        endpoint: GET /contacts
    actions:
      find:
        endpoint: POST /find
    on-events:
      post-connection-creation:
        - greet
models:
  Contact:
    id: string
    name?: string
"""

_WRITTEN = "<!-- Written by tools/problems_pages.py from nangonb/_project/codes. -->"
_INTRODUCTIONS = {
    "problems": f"""\
# Problems

{_WRITTEN}

A problem has a code, a severity, a message, a place (cell or file, and line) and a hint how to fix it. Codes are
stable. `nangonb explain CODE` and `%nango_explain CODE` print an entry of this page.

| Severity | Effect |
| --- | --- |
| error | An export or a deployment stops. A dry run continues where it can, and shows the error as a warning. |
| warning | Nothing stops, but Nango probably rejects or changes something. |
| note | For information. |

## What stops what

`check`, `export` and `deploy` report the same problems of a project in its layout, with the same severities.

| Problem | `check` | `export` | `deploy` | dry run |
| --- | --- | --- | --- | --- |
| error in a cell, a file or nango.yaml | exit code 1 | stops, 1 | stops, 1 | stops if the script or its modules have it |
| error of the layout: a rule of its CLI, Python that cannot be translated, `zero-style`, `path-taken` | exit code 1 | stops, 1 | stops, 1 | continues |
| error of the TypeScript compiler (`ts-NNNN`) | exit code 1 | stops, 10 | stops, 10 | continues |
| Node.js is missing | `needs-node` if there is TypeScript | `not-compiled` | stops, 3 | stops TypeScript, 3 |
| error that bundling or loading finds (`does-not-bundle`, `does-not-load`) | not checked | not checked | stops, 10 or 1 | stops TypeScript |
| rule of Nango's server (`server-…`, section Deploying) | not checked | not checked | stops, 1 | continues |
| file of the folder: `file-name`, not written by the export, edited since | not checked | stops, 1 | – | – |
| warning or note | shown | warnings shown | warnings shown | shown |

Running a cell shows its errors of the layout, and stops nothing. In the layout `python`, nothing is translated or compiled
for Nango, and these rules are warnings. A deployment with `--via functions` uses `zero-yaml`, and Nango compiles.

The codes of nango.yaml (`invalid-runs`, `model-missing-id` …) are in
[problems-nango-yaml.md](problems-nango-yaml.md). They also apply to what `createSync` declares.

The examples assume this cell:

```yaml
%%nango_yaml
{YAML}```
""",
    "problems-nango-yaml": f"""\
# Problems with nango.yaml

{_WRITTEN}

An **error** is rejected by Nango. A **warning** is accepted by Nango's CLI, and fails or surprises later. A **note** is
for information. The other codes are in [problems.md](problems.md).
""",
}


def pages() -> dict[str, str]:
    """The pages by the names of their files."""
    return {
        f"{page}.md": "\n".join([introduction, *_sections(page)]).rstrip() + "\n"
        for page, introduction in _INTRODUCTIONS.items()
    }


def _sections(page: str) -> Iterator[str]:
    for section in SECTIONS:
        if section.page == page:
            yield f"## {section.title}\n"
            if section.text:
                yield f"{section.text}\n"
            for code in section.codes:
                yield _entry(code)


def _entry(code: Code) -> str:
    severity = " or ".join((code.severity, *code.also))
    parts = [f"### `{code.name}`", f"{severity.capitalize()}. {code.title}", code.text]
    parts += [f"```{_language(code)}\n{code.code}\n```", f"Fix: {code.fix}"]
    return "\n\n".join(part for part in parts if part) + "\n"


def _language(code: Code) -> str:
    text = code.code
    if "_ts " in text or ".ts <==" in text or "import {" in text:
        return "typescript"
    return "python" if any(sign in text for sign in ("def ", "nango.", "%nango", "import ")) else "yaml"


if __name__ == "__main__":
    for name, text in pages().items():
        (DOCS / name).write_text(text, "utf-8")
