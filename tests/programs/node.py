"""Translated scripts in Node: run, and type-checked under the flags of Nango's CLI."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.interop import npm

_HOST = Path(__file__).with_name("host.mjs")


def in_node(
    codes: Sequence[str] = (),
    input: Any = None,
    check: Mapping[str, str] | None = None,
    *,
    seconds: float | None = None,
) -> tuple[list[dict[str, str]], list[list[Any]]]:
    """Results of the actions in ``codes``, in order, and problems ``[file, line, text]`` of ``check``.

    A result has ``value`` (JSON) or ``error`` (``name: message``).

    Raises subprocess.TimeoutExpired after ``seconds``.

    Skips the test, with the reason, where Node or npm's packages are missing.
    """
    try:
        node, folder = npm.node(), npm.install()
    except npm.NpmError as error:
        pytest.skip(str(error))
    asked = json.dumps({"codes": list(codes), "input": input, **({"check": dict(check)} if check else {})})
    done = subprocess.run(
        [node, str(_HOST), str(folder)],
        input=asked,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=seconds,
    )
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    return said["results"], said["problems"]
