"""The copy of the tree that recipes are followed in."""

from __future__ import annotations

from tests.recipes.copied import CopiedTree


def test_a_copy_runs_its_own_package(copied_tree: CopiedTree) -> None:
    copied_tree.write("nangonb/extra.py", "ANSWER = 42\n")
    copied_tree.insert("nangonb/_version.py", '__version__ = "', "copied-")
    assert copied_tree.python("import nangonb.extra; print(nangonb.extra.ANSWER)") == "42\n"
    assert "nangonb copied-" in copied_tree.nangonb("--version").stdout
