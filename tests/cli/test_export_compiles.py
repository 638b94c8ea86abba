"""What Python becomes is compiled before it is exported; where it cannot be, the export says so."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from nangonb._node import NodeProcess, compiler, find_node
from tests.cli.conftest import YAML, Run
from tests.cli.conftest import folder as made_folder

#: Carried over line by line, and refused by the compiler: metadata is a dict.
WRONG = "nango.log('x')\nnango.set_metadata([1])"
RIGHT = "nango.log('x')"


def folder(body: str) -> str:
    """A folder with one sync, as an export wants it: nothing is declared that is not there."""
    path = made_folder(body)
    declared = YAML.replace("    actions:\n      do-it:\n        endpoint: POST /do-it\n", "")
    Path(path, "nango.yaml").write_text(declared)
    return path


@pytest.mark.parametrize("layout", ["nango-yaml", "zero-yaml"])
def test_what_does_not_compile_is_not_exported(inside: Run, layout: str) -> None:
    ran = inside("export", folder(WRONG), "out", "--layout", layout)
    assert ran.code == 10
    assert "error ts-2345" in ran.err and "syncs/contacts.py, line 3" in ran.err
    assert "In TypeScript: await nango.setMetadata([1]);" in ran.err
    assert "Nothing was written." in ran.err
    assert not Path("out").exists()
    assert inside("export", "project", "out", "--layout", "python").code == 0


def test_a_module_counts_too(inside: Run) -> None:
    project = folder(RIGHT)
    Path(project, "helper.py").write_text("def keep(nango):\n    nango.set_metadata([1])\n")
    ran = inside("export", project, "out")
    assert ran.code == 10
    assert "helper.py, line 2" in ran.err


def test_what_compiles_is_exported_without_a_word(inside: Run) -> None:
    for options in ([], ["--check"]):
        ran = inside("export", folder(RIGHT), "out", *options)
        assert ran.code == 0, ran.err
        assert "compiled" not in ran.out + ran.err


@pytest.fixture
def without_node(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], None]]:
    def begin() -> None:
        monkeypatch.setenv("NANGONB_NODE", "/nowhere/node")
        find_node.cache_clear()

    yield begin
    find_node.cache_clear()


@pytest.mark.parametrize("body", [RIGHT, WRONG])
def test_without_node_it_says_that_nothing_was_compiled(
    inside: Run, body: str, without_node: Callable[[], None]
) -> None:
    """Also where the same was compiled before."""
    project = folder(body)
    inside("export", project, "other")
    without_node()
    compiler()._cache.clear()  # as another process would
    for options in ([], ["--check"]):
        ran = inside("export", project, "out", *options)
        assert ran.code == 0, ran.err
        assert "▲ warning not-compiled: The TypeScript was not compiled." in ran.out
        assert "nangonb[typescript]" in ran.out
    assert Path("out/acme/syncs/contacts.ts").is_file()


def test_a_command_compiles_only_what_is_new_to_it(
    inside: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """What an earlier one has found to be right; what is wrong is compiled again, and not kept."""
    monkeypatch.setattr(import_module("nangonb._node.compiler"), "cache_folder", lambda: tmp_path)

    def asked(body: str) -> tuple[int, int]:
        """Exit code, and how often the process was asked."""
        count = 0
        compiler()._cache.clear()  # as another process would
        process = compiler().process
        plain = NodeProcess.check

        def check(self: NodeProcess, *given: Any, **more: Any) -> Any:
            nonlocal count
            count += self is process
            return plain(self, *given, **more)

        with monkeypatch.context() as patch:
            patch.setattr(NodeProcess, "check", check)
            return inside("export", folder(body), "out", "--force").code, count

    assert [asked(RIGHT), asked(RIGHT)] == [(0, 1), (0, 0)]
    assert [asked(WRONG), asked(WRONG)] == [(10, 1), (10, 1)]
    kept = [each.read_text() for each in tmp_path.glob("compiled-*/*")]
    assert len(kept) == 1 and "nango" not in kept[0]
