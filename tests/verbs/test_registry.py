"""Every verb is where it is registered: in the package, notebooks, the command line and the README."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path

import pytest

import nangonb
from nangonb._project.declaring import COMMANDS
from nangonb._session import Session, current, using
from nangonb._verbs import verbs
from nangonb._verbs.last_dryrun import last_dryrun
from nangonb.errors import NangonbError
from tools.readme_tables import page

FUNCTIONS = {verb.function.__name__: verb for verb in verbs().values() if verb.in_package}


def test_the_package_has_each_function_once(root: Path) -> None:
    tree = ast.parse((root / "nangonb" / "__init__.py").read_text())
    imported = [
        (node.module, alias.name, alias.asname)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("nangonb._verbs")
        for alias in node.names
    ]
    assert imported == [(f"nangonb._verbs.{name}", name, None) for name in sorted(FUNCTIONS)]
    assert set(FUNCTIONS) <= set(nangonb.__all__) and sorted(nangonb.__all__) == nangonb.__all__
    for name, verb in FUNCTIONS.items():
        assert getattr(nangonb, name) is verb.function
        assert verb.function.__module__ == f"nangonb._verbs.{name}"


def test_every_verb_is_somewhere_and_documented() -> None:
    for name, verb in verbs().items():
        assert verb.in_notebook or verb.in_package or verb.in_shell, name
        assert verb.summary.endswith("."), name
        if verb.in_notebook:
            assert {option.dest for option in verb.magic.options} - {"out"} == set(
                inspect.signature(verb.function).parameters
            )


def test_the_readme_has_every_verb_and_its_options(root: Path) -> None:
    text = (root / "README.md").read_text()
    assert text == page(text), "Run: python tools/readme_tables.py"
    assert all(f"`%%nango_{name}" in text for name in COMMANDS)
    assert all(f"`%nango_{name}" in text for name, verb in verbs().items() if verb.in_notebook)
    assert all(f"`nangonb {name}" in text for name, verb in verbs().items() if verb.in_shell)


def test_verbs_use_the_session_of_the_block() -> None:
    own, other = current(), Session()
    with using(other):
        assert current() is other
        with pytest.raises(NangonbError, match="dry run yet"):
            last_dryrun()
    assert current() is own
