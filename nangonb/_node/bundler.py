"""Bundling of scripts: one CommonJS file each, by esbuild in a long-lived Node.js process."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

from nangonb._node.find import find_node
from nangonb._node.packages import installed
from nangonb._node.process import ProcessDied

_PROGRAM: Final = Path(__file__).parent / "host" / "bundler.mjs"
_TAIL: Final = 2_000


@dataclass(frozen=True, slots=True)
class BundleError:
    """An error of a script in bundling; ``line`` and ``column`` count from 1, or are None."""

    text: str
    file: str
    line: int | None = None
    column: int | None = None


@dataclass(frozen=True, slots=True)
class Bundle:
    """``js`` is the bundle without its source map, ``map`` the source map as JSON. With ``errors``, both are
    empty."""

    js: str
    map: str
    errors: tuple[BundleError, ...] = ()

    @property
    def with_map(self) -> str:
        """The bundle with its source map inline, as the CLI sends it."""
        encoded = base64.b64encode(self.map.encode()).decode()
        return f"{self.js}//# sourceMappingURL=data:application/json;base64,{encoded}\n"


class Bundler:
    """The process starts on first use, and again after it died. Not thread-safe.

    It reads only esbuild from the disk (and the TypeScript compiler, if a script calls a ``constructor``),
    and runs no code of the scripts.
    """

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._stderr: IO[bytes] | None = None

    def bundle(
        self, files: Mapping[str, str], entries: Sequence[str]
    ) -> tuple[dict[str, Bundle], list[BundleError]]:
        """Return the bundle of each entry, and the calls of ``x.constructor(…)`` that Nango's server rejects.

        ``files`` are path → TypeScript; relative imports are inlined, packages of Nango's runner stay
        external.

        Raises:
            NodeMissing, ConfigurationError: Node.js or esbuild is missing.
            ProcessDied: Node.js exited before the end.
        """
        answer = self._ask({"files": dict(files), "entries": list(entries)})
        bundles = {
            entry: Bundle(one.get("js", ""), one.get("map", ""), tuple(map(_error, one.get("errors") or ())))
            for entry, one in answer["bundles"].items()
        }
        return bundles, [_error({"text": "", **one}) for one in answer["forbidden"]]

    def close(self) -> None:
        """Stop the process if it runs."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for stream in (process.stdin, process.stdout, self._stderr):
                if stream is not None:
                    stream.close()

    def _ask(self, request: Mapping[str, Any]) -> dict[str, Any]:
        process = self._started()
        assert process.stdin is not None and process.stdout is not None
        try:
            # ASCII: a script may contain lone surrogates
            process.stdin.write(json.dumps(request).encode() + b"\n")
            process.stdin.flush()
            line = process.stdout.readline()
        except BrokenPipeError:
            line = b""
        except BaseException:
            self.close()  # or the next request would get this response
            raise
        answer: dict[str, Any] = json.loads(line) if line.endswith(b"\n") else {"error": self._tail()}
        if "error" in answer:
            self.close()
            raise ProcessDied(f"Node.js failed to bundle the scripts. {answer['error']}".strip())
        return answer

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is None:
            return self._process
        self.close()
        node, packages = find_node(), installed()
        self._stderr = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the process
        self._process = subprocess.Popen(
            [node.path, "--no-warnings", str(_PROGRAM), str(packages)],
            env={"TZ": "UTC", "PATH": os.environ.get("PATH", "")},
            cwd=os.sep,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._stderr,
            start_new_session=True,  # the stop button of a kernel must not reach it
        )
        return self._process

    def _tail(self) -> str:
        if self._stderr is None:
            return ""
        self._stderr.seek(0)
        return self._stderr.read().decode("utf-8", "replace")[-_TAIL:].strip()


def _error(data: Mapping[str, Any]) -> BundleError:
    return BundleError(data["text"], data["file"], data.get("line"), data.get("column"))
