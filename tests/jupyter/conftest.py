"""A kernel that talks to a sandbox whose key the tests know."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.kernel import Kernel
from tests.sandbox.process import Sandbox


@pytest.fixture(scope="session")
def nango(_clean_session: None) -> Iterator[Sandbox]:
    """One sandbox for all kernels of these tests."""
    sandbox = Sandbox()
    yield sandbox
    sandbox.close()


@pytest.fixture(scope="module")
def kernel(tmp_path_factory: pytest.TempPathFactory, nango: Sandbox) -> Iterator[Kernel]:
    """One real kernel for all tests of a module: environment ``dev``, in an empty working directory."""
    env = {"NANGO_HOSTPORT": nango.url, "NANGO_SECRET_KEY_DEV": nango.key}
    kernel = Kernel(tmp_path_factory.mktemp("kernel"), env)
    kernel.run("%load_ext nangonb").check()
    yield kernel
    kernel.close()
