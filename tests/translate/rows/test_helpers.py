"""The helpers that are appended to files: each type-checks, alone and with all others, and says why it is there."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest

from nangonb._translate.helpers import HELPERS, with_needs
from tests.programs.node import in_node
from tests.translate.rows.cases import Case
from tests.translate.rows.examples import EXAMPLES
from tests.translate.rows.operands import expressions
from tests.translate.rows.test_rows import ROWS

NAMES = sorted(HELPERS)
CONSTANT = "This kind of expression is always "  # examples are made of literals
MODELS = "export interface NangoAction { connectionId: string; providerConfigKey: string; provider?: string; variant: string }\n"


def test_each_helper_type_checks_alone_and_with_all_others() -> None:
    checked = {"all.ts": _file(NAMES)}
    for number, name in enumerate(NAMES):  # some names differ in case only
        checked[f"helper{number}.ts"] = _file([name])
    _, problems = in_node(check=checked)
    assert not problems, problems[:20]


def _file(names: list[str]) -> str:
    """A module with helpers and what they need, of which only ``names`` are exported: nothing else is left over."""
    parts = [helper.text for helper in with_needs(set(names))]
    text = "import crypto from 'crypto';\n" if any("crypto" in part for part in parts) else ""
    values = [name for name in names if re.search(rf"^function {name}\b", "\n".join(parts), re.MULTILINE)]
    types = [name for name in names if name not in values]
    return (
        text + "\n".join(parts) + f"\nexport {{ {', '.join([*values, *(f'type {t}' for t in types)])} }};\n"
    )


def test_translations_type_check() -> None:
    """What the rows make passes the compiler that Nango's CLI runs, with its flags."""
    bodies = [body for row in ROWS for body in list(expressions(row))[:2]]
    bodies += [body for group in EXAMPLES.values() for body in group]
    found: dict[str, str] = {"models.ts": MODELS}
    for number, body in enumerate(dict.fromkeys(bodies)):
        case = Case(body)
        if not case.in_python()[0]:
            continue
        translation = case.translated()
        if translation.ok:
            found[f"case{number}.ts"] = translation.code.replace("'../../models'", "'./models'")
    _, problems = in_node(check=found)
    shown = [
        f"{text}\n    {found[name].splitlines()[line - 1]}"
        for name, line, text in problems
        if not text.startswith(CONSTANT)
    ]
    assert not shown, f"{len(problems)} problems:\n" + "\n".join(dict.fromkeys(shown))


@pytest.mark.parametrize("name", NAMES)
def test_a_helper_says_why(name: str) -> None:
    helper = next(h for h in with_needs({name}) if h.name == name)
    assert helper.text.startswith(f"// {name}: {helper.why}\n")
    assert 10 < len(helper.why) < 120


def test_each_helper_is_used() -> None:
    folder = files("nangonb._translate")
    used = "\n".join(
        part.read_text("utf-8")
        for each in (folder, folder / "rows")
        for part in each.iterdir()
        if part.name.endswith(".py")
    )
    needed = {need for name in NAMES for helper in with_needs({name}) for need in helper.needs}
    unused = [name for name in NAMES if name not in needed and not re.search(rf"\b{name}\b", used)]
    assert not unused


def test_no_local_name_of_a_helper_is_that_of_another() -> None:
    """A name that stands for two things would pull in a helper that is not used."""
    for name in NAMES:
        helper = next(h for h in with_needs({name}) if h.name == name)
        local = set(re.findall(r"(?:const|let) (\w+)|[(,] ?(\w+)\??:", helper.text))
        names = {part for pair in local for part in pair if part}
        assert not names & set(NAMES), (name, names & set(NAMES))
