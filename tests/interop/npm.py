"""The real Nango software, from npm: installed once, driven as a user would.

``npm/package-lock.json`` pins it: the CLI of nango.yaml (0.69.14), the CLI of zero-yaml (0.71.10), the
node client, and the compiler and zod that the newer CLI uses. The lock file has integrity hashes and no
addresses: npm takes the registry from the user's own configuration. One entry in it npm would not write:
the newer CLI has an ``ajv-errors`` of its own, as where it is installed alone. Beside the older one's ajv it
would break ``migrate-to-zero-yaml``.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import IO, Any, Final, Literal

LOCK: Final = Path(__file__).parent / "npm"
YAML_CLI: Final = "0.69.14"
ZERO_CLI: Final = "0.71.10"
Version = Literal["0.69.14", "0.71.10"]

_FOLDERS: Final = {YAML_CLI: "nango-yaml-cli", ZERO_CLI: "nango-zero-cli"}
_COMPILED_BEFORE: Final = Path(__file__).parent / "compiled_before.mjs"
_STAMP: Final = "installed.json"
_COMMAND_SECONDS: Final = 300


class NpmError(Exception):
    """npm or Node is missing, or npm could not install; the message says what to do."""


# Read when this module is imported: tests see no NANGO… and XDG_… variables, and an empty home.
_HOME: Final = Path.home()
_CACHE: Final = os.environ.get("NANGONB_CACHE")
_XDG_CACHE: Final = os.environ.get("XDG_CACHE_HOME")


def cache_folder() -> Path:
    """Where installations are kept: ``$NANGONB_CACHE``, ``$XDG_CACHE_HOME/nangonb``, ``~/.cache/nangonb``."""
    if _CACHE:
        return Path(_CACHE)
    return (Path(_XDG_CACHE) if _XDG_CACHE else _HOME / ".cache") / "nangonb"


@cache
def node() -> str:
    """The path of ``node``, 20 or later. Raises NpmError."""
    found = shutil.which("node")
    if found is None:
        raise NpmError("node is not on the PATH. Install Node.js 20 or later; the interop tests need it.")
    said = subprocess.run([found, "--version"], capture_output=True, text=True, check=False).stdout.strip()
    match = re.match(r"v(\d+)\.", said)
    if match is None or int(match[1]) < 20:
        raise NpmError(f"node is {said or 'broken'}. Install Node.js 20 or later; the interop tests need it.")
    return found


@cache
def install() -> Path:
    """The folder with ``node_modules``; installs on first use.

    Several processes may call this at once: one installs, the others wait for it. An installation that
    was broken off is made anew.

    Raises:
        NpmError: npm or Node is missing, or the registry could not be reached.
    """
    node()
    digest = hashlib.sha256((LOCK / "package-lock.json").read_bytes()).hexdigest()[:16]
    folder = cache_folder() / f"npm-{digest}"
    if (folder / _STAMP).is_file():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    with _locked(folder.with_suffix(".lock")):
        if not (folder / _STAMP).is_file():
            _install(folder, digest)
    return folder


def _install(folder: Path, digest: str) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise NpmError("npm is not on the PATH. It comes with Node.js; the interop tests need it.")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name in ("package.json", "package-lock.json"):
        shutil.copyfile(LOCK / name, folder / name)
    started = time.monotonic()
    # no package's own scripts are run: the binaries that matter come as packages
    command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    environment = {**os.environ, "HOME": str(_HOME)}  # npm's own configuration and cache are the user's
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip()[-1500:]
        raise NpmError(
            f"npm could not install what {LOCK.name}/package-lock.json names.\n{said}\n"
            f"It needs a registry once; later runs use {folder}."
        )
    stamp = {"lock": digest, "seconds": round(time.monotonic() - started, 1)}
    temporary = folder / (_STAMP + ".tmp")
    temporary.write_text(json.dumps(stamp) + "\n", "utf-8")
    temporary.rename(folder / _STAMP)


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Held by one process at a time; the system releases it when the process ends, however it ends."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@dataclass(frozen=True, slots=True)
class CliRun:
    """What one command of the CLI did.

    ``batches`` are the calls that save, update and delete, in order, ``[{operation, model, records}]``;
    each value as it stood in the CLI's JSON. The model of a delete is None: the CLI does not print it.
    ``output`` is what an action returned, ``error`` what the CLI printed as JSON after ``An error occurred
    during execution``. ``logs`` are the script's own lines, without levels, which the CLI does not print.
    ``counts`` are the CLI's ``added``, ``updated``, ``deleted``.
    """

    command: tuple[str, ...]
    stdout: str
    stderr: str
    returncode: int
    seconds: float
    batches: list[dict[str, Any]] = field(default_factory=list)
    output: Any = None
    error: dict[str, Any] | None = None
    logs: tuple[str, ...] = ()
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def records(self) -> dict[str, list[dict[str, Any]]]:
        """model → everything that was saved, in order; what later calls did to it is not applied."""
        found: dict[str, list[dict[str, Any]]] = {}
        for batch in self.batches:
            if batch["operation"] == "save":
                found.setdefault(batch["model"], []).extend(batch["records"])
        return found

    @property
    def text(self) -> str:
        """Everything it printed."""
        return self.stdout + self.stderr


class NangoCli:
    """One version of the ``nango`` command: 0.69.14 takes nango.yaml, 0.71.10 zero-yaml projects."""

    def __init__(self, version: Version) -> None:
        self.version = version
        self.root = install()
        self.package = self.root / "node_modules" / _FOLDERS[version]

    @property
    def zero(self) -> bool:
        return self.version == ZERO_CLI

    def link(self, project: Path) -> None:
        """Give a zero-yaml project the ``node_modules`` that its scripts import: ``nango`` and ``zod``."""
        modules = project / "node_modules"
        modules.mkdir(exist_ok=True)
        for name, target in (("nango", self.package), ("zod", self.root / "node_modules" / "zod")):
            if not (modules / name).exists():
                (modules / name).symlink_to(target, target_is_directory=True)

    def generate(self, project: Path) -> CliRun:
        """``nango generate``, which nango.yaml projects have: models.ts, .nango/ and missing scripts."""
        return self.run(project, "generate")

    def compile(self, project: Path) -> CliRun:
        """``nango compile``: checks every script and writes ``dist/*.js`` or ``build/*.cjs``."""
        if self.zero:
            self.link(project)
        return self.run(project, "compile")

    def artefact(self, project: Path, integration: str, kind: str, name: str) -> Path:
        """The compiled script; ``kind`` is ``sync``, ``action`` or ``on-event``."""
        if self.zero:
            return project / "build" / f"{integration}_{kind}s_{name}.cjs"
        return project / "dist" / f"{name}-{integration}.js"

    def dryrun(
        self,
        project: Path,
        name: str,
        connection: str,
        host: str,
        key: str,
        *arguments: str,
        compiled: bool = False,
    ) -> CliRun:
        """``nango dryrun``, with what it prints read back. ``arguments`` are more options of the CLI.

        It compiles the whole project itself, and 0.71.10 only where the project was compiled before. With
        ``compiled`` it runs what the last ``nango compile`` made; the command is the real one in all else.
        """
        if self.zero:
            self.link(project)
        return self.run(
            project,
            "dryrun",
            name,
            connection,
            "-e",
            "dev",
            *arguments,
            environment={"NANGO_HOSTPORT": host, "NANGO_SECRET_KEY_DEV": key},
            preload=_COMPILED_BEFORE if compiled else None,
        )

    def run(
        self,
        project: Path,
        *arguments: str,
        environment: dict[str, str] | None = None,
        preload: Path | None = None,
    ) -> CliRun:
        """Any command, without questions, telemetry and look-ups of newer versions.

        ``preload`` is a module that Node loads before the CLI.
        """
        words = [*arguments, *(_ZERO_OPTIONS if self.zero else ("--auto-confirm",))]
        first = [] if preload is None else ["--import", preload.as_uri()]
        command = [node(), *first, str(self.package / "dist" / "index.js"), *words]
        started = time.monotonic()
        # into files: the CLI ends before it has written all of a long output to a pipe
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            done = subprocess.run(
                command,
                cwd=project,
                env=_environment(environment or {}),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                timeout=_COMMAND_SECONDS,
                check=False,
            )
            seconds = time.monotonic() - started
            stdout, stderr = (_whole(file) for file in (out, err))
        said = _read(stdout, stderr) if arguments[0] == "dryrun" else {}
        return CliRun(("nango", *words), stdout, stderr, done.returncode, seconds, **said)


def _whole(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode("utf-8", "replace")


_ZERO_OPTIONS: Final = ("--auto-confirm", "--no-interactive", "--no-telemetry", "--no-dependency-update")


def _environment(more: dict[str, str]) -> dict[str, str]:
    """The user's, without what changes how the CLI behaves."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.upper().startswith(("NANGO", "CI")) and not name.upper().endswith("_PROXY")
    }
    return {
        **kept,
        "NANGO_CLI_UPGRADE_MODE": "ignore",
        "NANGO_CLI_TELEMETRY": "false",
        "NANGO_CLI_DEPENDENCY_UPDATE": "false",
        "NO_COLOR": "1",
        **more,
    }


_RESULTS: Final = "The dry run would produce the following results: "
_MESSAGES: Final = "The following log messages were generated:"
_BATCH: Final = re.compile(
    r"A batch (save|update|delete) call would (?:save|delete) the following data"
    r"(?: to the (.+?) model(?: \(variant: .+\))?)?:"
)
_FAILED: Final = "An error occurred during execution"
_decode = json.JSONDecoder().raw_decode


def _read(stdout: str, stderr: str) -> dict[str, Any]:
    """What ``nango dryrun`` printed, as fields of :class:`CliRun`."""
    said: dict[str, Any] = {"logs": _logs(stdout, stderr)}
    _, found, after = stderr.partition(_FAILED)
    if found and "{" in after:
        said["error"] = _decode(after, after.index("{"))[0]
    _, done, tail = stdout.rpartition("\nDone\n")
    if not done:
        return said
    if _RESULTS in tail:
        counts, end = _decode(tail, tail.index(_RESULTS) + len(_RESULTS))
        said["counts"] = counts
        said["batches"] = _batches(_values(tail[tail.index(_MESSAGES, end) + len(_MESSAGES) :]))
    else:
        found_values = _values(tail)
        said["output"] = found_values[0] if found_values else None
    return said


def _values(text: str) -> list[Any]:
    """JSON values one after the other, until something else comes."""
    found: list[Any] = []
    at = 0
    while True:
        while at < len(text) and text[at].isspace():
            at += 1
        try:
            value, at = _decode(text, at)
        except ValueError:
            return found
        found.append(value)


def _batches(messages: Sequence[Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for message in messages:
        match = _BATCH.fullmatch(message) if isinstance(message, str) else None
        if match:
            found.append({"operation": match[1], "model": match[2], "records": []})
        else:
            found[-1]["records"].append(message)
    return found


def _logs(stdout: str, stderr: str) -> tuple[str, ...]:
    """The script's own lines: those of info and debug in order, then those of warn and error."""
    started = re.search(r"^Executing -> .*\n", stdout, re.MULTILINE)
    head = stdout[started.end() :] if started else ""
    head = head.rpartition("\nDone\n")[0] if "\nDone\n" in head else head.partition("Done\n")[0]
    info = [line for line in head.splitlines() if not re.match(r"http \[", line)]
    warnings = [
        line for line in stderr.partition(_FAILED)[0].splitlines() if not line.startswith(_OF_THE_CLI)
    ]
    return (*info, *warnings)


_OF_THE_CLI: Final = (
    "batchSave detected duplicate",
    "Invalid record payload.",
    "Invalid action input.",
    "Invalid action output.",
    "(node:",
    "(Use `node",
)
