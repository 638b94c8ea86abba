"""A copy of the tree, for tests that follow a recipe of CONTRIBUTING.md in it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class CopiedTree:
    """``path`` is its folder. What runs in it imports its ``nangonb``, not that of the repository."""

    path: Path

    def write(self, file: str, text: str) -> None:
        """Write a file of the copy."""
        path = self.path / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")

    def insert(self, file: str, after: str, text: str) -> None:
        """Insert ``text`` after the only place where ``after`` occurs."""
        path = self.path / file
        before = path.read_text("utf-8")
        assert before.count(after) == 1, f"{after!r} occurs {before.count(after)} times in {file}"
        path.write_text(before.replace(after, after + text), "utf-8")

    def python(self, code: str) -> str:
        """What a fresh interpreter prints; the code must succeed."""
        done = self.run("-c", code)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def nangonb(self, *words: str) -> subprocess.CompletedProcess[str]:
        """``nangonb WORDS``, in the copy."""
        return self.run("-m", "nangonb", *words)

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """``python WORDS``, in the copy."""
        environment = {**os.environ, "PYTHONPATH": str(self.path), "PYTHONDONTWRITEBYTECODE": "1"}
        return subprocess.run(
            [sys.executable, *words],
            cwd=self.path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
        )


@pytest.fixture
def copied_tree(tmp_path: Path) -> CopiedTree:
    """``nangonb/``, ``docs/``, ``tools/`` and ``README.md``, copied."""
    path = tmp_path / "copy"
    for name in ("nangonb", "docs", "tools"):
        shutil.copytree(ROOT / name, path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "README.md", path)
    return CopiedTree(path)
