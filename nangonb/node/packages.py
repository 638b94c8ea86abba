"""What npm installs for us, once: zod, the TypeScript compiler, esbuild."""

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

from nangonb.errors import ConfigurationError
from nangonb.node.find import find_node

LOCK: Final = Path(__file__).parent / "packages"
"""package.json and package-lock.json: exact versions with integrity hashes, and no addresses, so that npm
takes the registry of the user's own configuration."""


def cache_folder() -> Path:
    """``$NANGONB_CACHE``, else ``nangonb`` below ``$XDG_CACHE_HOME``, else below ``~/.cache``."""
    if own := os.environ.get("NANGONB_CACHE"):
        return Path(own)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "nangonb"


def there() -> Path | None:
    """The folder whose node_modules hold the packages, or None before :func:`installed`."""
    folder = _folder()
    return folder if folder.is_dir() else None


def installed() -> Path:
    """The same, installed on first use; several processes may ask at once.

    Raises:
        NodeMissing: there is no Node.js.
        ConfigurationError: there is no npm, or it could not install them.
    """
    folder = _folder()
    if folder.is_dir():
        return folder
    node = find_node()
    if not node.npm:
        raise ConfigurationError(
            f"There is no npm beside {node.path}, and zod and the TypeScript compiler come from it.",
            hint="Install Node.js with npm: pip install 'nangonb[typescript]'",
        )
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with _locked(folder.with_suffix(".lock")):
            if not folder.is_dir():
                _install(node.npm, folder)
    except OSError as error:
        raise ConfigurationError(
            f"zod and the TypeScript compiler cannot be kept in {folder.parent}: {error.strerror or error}.",
            hint="NANGONB_CACHE names another folder.",
        ) from None
    return folder


def _folder() -> Path:
    digest = hashlib.sha256((LOCK / "package-lock.json").read_bytes()).hexdigest()[:12]
    return cache_folder() / f"node-{digest}"


def _install(npm: tuple[str, ...], folder: Path) -> None:
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix="node-") as temporary:
        for name in ("package.json", "package-lock.json"):
            shutil.copyfile(LOCK / name, Path(temporary, name))
        # no package's own scripts are run: what is needed of them comes as packages
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
            said = (done.stderr or done.stdout).strip()[-1000:]
            raise ConfigurationError(
                "npm could not install zod, typescript and esbuild, which TypeScript scripts need.",
                hint=f"{said}\nIt needs its registry once; the packages are kept in {folder}.",
            )
        Path(temporary).rename(folder)
        Path(temporary).mkdir()  # so that the context manager has something to remove


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Held by one process at a time; the system releases it when the process ends, however it ends."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
