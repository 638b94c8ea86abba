"""Each curl line of docs/sandbox.md works unchanged."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from nangonb._node import NodeMissing, find_node
from tests.sandbox.process import Sandbox


def has_node() -> bool:
    try:
        find_node()
    except NodeMissing:
        return False
    return True


def test_the_curl_lines(new_sandbox: Callable[..., Sandbox], root: Path) -> None:
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    text = (root / "docs" / "sandbox.md").read_text()
    lines = [line for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL) for line in block.splitlines()]
    assert len(lines) >= 10
    sandbox = new_sandbox()
    env = {**os.environ, "NANGO_HOSTPORT": sandbox.url, "NANGO_SECRET_KEY_DEV": sandbox.key}
    for line in lines:
        ran = subprocess.run(
            ["sh", "-c", line], env=env, capture_output=True, text=True, timeout=30, check=False
        )
        assert (ran.returncode, ran.stderr) == (0, ""), line
        if "-X PATCH" in line and "sobjects" in line:
            assert ran.stdout == ""
            continue
        answer = json.loads(ran.stdout)
        limited = "rate-limited" in line and "Retries" not in line
        needs_node = '"action_name": "hello"' in line and not has_node()
        assert ("error" in answer) is (limited or needs_node), line


def test_every_path_of_the_unreliable_provider_is_described(sandbox: Sandbox, root: Path) -> None:
    text = (root / "docs" / "sandbox.md").read_text()
    described = set(re.findall(r"`(/[a-z0-9-]+)[`?]", text.split("### Unreliable")[1]))
    paths = set(sandbox.unreliable("/").json()["paths"])
    assert paths <= described
