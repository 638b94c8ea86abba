"""Every verb is where it is registered: in the package, notebooks, the command line and the README."""

from __future__ import annotations

import ast
import inspect
import re
from pathlib import Path

import pytest

import nangonb
from nangonb.errors import NangonbError
from nangonb.project.declaring import COMMANDS
from nangonb.session import Session, current, using
from nangonb.verbs import verbs
from nangonb.verbs.last_dryrun import last_dryrun

FUNCTIONS = {verb.function.__name__: verb for verb in verbs().values() if verb.in_package}


def test_the_package_has_each_function_once(root: Path) -> None:
    tree = ast.parse((root / "nangonb" / "__init__.py").read_text())
    imported = [
        (node.module, alias.name, alias.asname)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("nangonb.verbs")
        for alias in node.names
    ]
    assert imported == [(f"nangonb.verbs.{name}", name, None) for name in sorted(FUNCTIONS)]
    assert set(FUNCTIONS) <= set(nangonb.__all__) and sorted(nangonb.__all__) == nangonb.__all__
    for name, verb in FUNCTIONS.items():
        assert getattr(nangonb, name) is verb.function
        assert verb.function.__module__ == f"nangonb.verbs.{name}"


def test_every_verb_is_somewhere_and_documented() -> None:
    for name, verb in verbs().items():
        assert verb.in_notebook or verb.in_package or verb.run, name
        assert verb.summary.endswith("."), name
        if verb.in_notebook:
            assert {option.dest for option in verb.magic.options} - {"out"} == set(
                inspect.signature(verb.function).parameters
            )


def test_the_readme_has_every_magic_and_its_options(root: Path) -> None:
    rows = re.findall(r"^\| (`%.*?) \| (.*) \|$", (root / "README.md").read_text(), re.MULTILINE)
    named: dict[str, str] = {}
    for names, text in rows:
        for name in re.findall(r"%nango_(\w+)", names):
            named[name] = f"{names} {text}"
    magics = {name: verb.magic for name, verb in verbs().items() if verb.in_notebook}
    assert set(named) == {*magics, *COMMANDS}
    for name, command in magics.items():
        known = {spelling for option in command.options for spelling in option.names}
        assert set(re.findall(r"`(-{1,2}[a-z][\w-]*)", named[name])) <= known, name


def test_the_readme_has_every_command_and_its_options(root: Path) -> None:
    lines = re.findall(r"^nangonb ([\w|]+)(.*)$", (root / "README.md").read_text(), re.MULTILINE)
    named = {name: line.partition("#")[0] for names, line in lines for name in names.split("|")}
    commands = {name: verb for name, verb in verbs().items() if verb.run is not None}
    assert set(named) == set(commands)
    for name, verb in commands.items():
        if not verb.takes_words:
            known = {spelling for option in verb.command.options for spelling in option.names}
            assert set(re.findall(r"(?<![\w-])(-{1,2}[a-z][\w-]*)", named[name])) <= known, name


def test_verbs_use_the_session_of_the_block() -> None:
    own, other = current(), Session()
    with using(other):
        assert current() is other
        with pytest.raises(NangonbError, match="no dry run yet"):
            last_dryrun()
    assert current() is own
