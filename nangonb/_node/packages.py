"""The npm packages that nangonb installs once: zod, the TypeScript compiler, esbuild."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from nangonb._node.find import find_node
from nangonb.errors import ConfigurationError

LOCK: Final = Path(__file__).parent / "packages"
"""package.json and package-lock.json: exact versions with integrity hashes, without addresses, so that npm
uses the registry of the user's configuration."""


def cache_folder() -> Path:
    """Return ``$NANGONB_CACHE``, else ``nangonb`` in ``$XDG_CACHE_HOME``, else in ``~/.cache``."""
    if own := os.environ.get("NANGONB_CACHE"):
        return Path(own)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "nangonb"


def packages_folder() -> Path | None:
    """Return the folder with the node_modules of the packages, or None before :func:`installed`."""
    folder = _folder()
    return folder if folder.is_dir() else None


def installed() -> Path:
    """Return the same folder; install the packages on first use. Safe for several processes.

    Raises:
        NodeMissing: Node.js is missing.
        ConfigurationError: npm is missing, or the installation failed.
    """
    folder = _folder()
    if folder.is_dir():
        return folder
    node = find_node()
    if not node.npm:
        raise ConfigurationError(
            f"{node.path} has no npm, which installs zod and the TypeScript compiler.",
            hint="Install Node.js with npm: pip install 'nangonb[typescript]'",
        )
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with _locked(folder.with_suffix(".lock")):
            if not folder.is_dir():
                _install(node.npm, folder)
    except OSError as error:
        raise ConfigurationError(
            f"Cannot store zod and the TypeScript compiler in {folder.parent}: {error.strerror or error}.",
            hint="Set NANGONB_CACHE to another folder.",
        ) from None
    return folder


def _folder() -> Path:
    digest = hashlib.sha256((LOCK / "package-lock.json").read_bytes()).hexdigest()[:12]
    return cache_folder() / f"node-{digest}"


def _install(npm: tuple[str, ...], folder: Path) -> None:
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix="node-") as temporary:
        for name in ("package.json", "package-lock.json"):
            shutil.copyfile(LOCK / name, Path(temporary, name))
        # no install scripts: their binaries are packages, too
        command = [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        path = os.pathsep.join([str(Path(npm[0]).parent), os.environ.get("PATH", "")])
        done = subprocess.run(
            command,
            cwd=temporary,
            env={**os.environ, "PATH": path},
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        if done.returncode != 0:
            output = (done.stderr or done.stdout).strip()[-1000:]
            raise ConfigurationError(
                "npm failed to install zod, typescript and esbuild, which TypeScript scripts need.",
                hint=f"{output}\nnpm needs its registry once; the packages stay in {folder}.",
            )
        Path(temporary).rename(folder)
        Path(temporary).mkdir()  # the context manager removes it


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold a lock between processes; the system releases it when the process ends."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
