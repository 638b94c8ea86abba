"""Layout ``zero-yaml``: createSync, createAction and createOnEvent, without a nango.yaml."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from nangonb._export import layout_nango_yaml
from nangonb._export.file import README, ZOD, File, json_text, package_json
from nangonb._export.layout_nango_yaml import MODELS
from nangonb._export.owners import Owners, is_ours_alone
from nangonb._export.record import Record
from nangonb._export.yaml_parts import of_project
from nangonb._project import ZERO_YAML, Project, Script
from nangonb._translate import WRAPPED

INDEX = "index.ts"
_IMPORT = re.compile(r"""^import ['"]\./(?P<path>[^'"]+)\.js['"];?\s*$""")


def beside(project: Project, scripts: Sequence[File]) -> list[File]:
    """The files beside scripts and modules."""
    files: list[File] = []
    paths = {file.path for file in scripts}
    if any(path.startswith(f"{WRAPPED}/") for path in paths):
        if f"{WRAPPED}/{MODELS}" not in paths:  # which an exported folder has as a module
            made = layout_nango_yaml.generated(of_project(project))
            models = next((file.text for file in made if file.path == MODELS), "")
            files.append(File(f"{WRAPPED}/{MODELS}", models))
        files.append(File(f"{WRAPPED}/package.json", json_text({"type": "commonjs"})))
    index = "".join(f"import './{_entry(script)}.js';\n" for script in project.scripts)
    files += [
        File(INDEX, index, shared=True),
        File("package.json", _PACKAGE, optional=True),
        File("tsconfig.json", _TSCONFIG, optional=True),
        File(".nango/.gitkeep", "", optional=True),
        File(README, _README, optional=True),
    ]
    return files


def generated(text: str) -> list[File]:
    """Nothing is made of nango.yaml."""
    return []


def next_steps(folder: Path, project: Project) -> tuple[str, ...]:
    """Lines that say what to do with the folder."""
    return (f"Nango's CLI takes it from there: cd {folder} && npm install && npx nango compile",)


def _entry(script: Script) -> str:
    """The file that declares a script, without suffix."""
    return script.file if script.style == "zero" else script.key


def index_with(made: str, there: str, record: Record, us: Owners, *, prune: bool) -> str:
    """index.ts with our imports beside those of others: only our own that are gone are taken out.

    A kernel that does not know its notebook's name takes out none unless it prunes: what it has not got may
    be another one's.
    """
    ours = set(made.splitlines())
    gone = {
        f"import './{path.removesuffix('.ts')}.js';"
        for path, owned in record.files.items()
        if owned.script and (prune or us) and is_ours_alone(owned.notebooks, us)
    } - ours
    kept = [line for line in there.splitlines() if _said(line) not in gone]
    known = {_said(line) for line in kept}
    added = [line for line in made.splitlines() if line not in known]
    if not added and len(kept) == len(there.splitlines()):
        return there
    if all(_IMPORT.match(line) for line in kept):
        return "".join(f"{line}\n" for line in sorted({*map(_said, kept), *added}))
    return "".join(f"{line}\n" for line in [*kept, *added])


def _said(line: str) -> str:
    """An import line as we write it."""
    match = _IMPORT.match(line)
    return f"import './{match['path']}.js';" if match else line


_PACKAGE = package_json({"nango": ZERO_YAML.cli, "zod": ZOD})
#: The options that the CLI itself compiles with.
_STRICT = (
    "strict", "exactOptionalPropertyTypes", "noFallthroughCasesInSwitch", "noImplicitOverride",
    "noImplicitReturns", "noPropertyAccessFromIndexSignature", "noUncheckedIndexedAccess", "noUnusedLocals",
    "noUnusedParameters",
)  # fmt: skip
_TSCONFIG = json_text(
    {
        "include": ["index.ts", "**/*.ts"],
        "exclude": ["node_modules", "build"],
        "compilerOptions": {
            "module": "node16",
            "moduleResolution": "node16",
            "target": "esnext",
            "esModuleInterop": True,
            "skipLibCheck": True,
            "forceConsistentCasingInFileNames": True,
            **dict.fromkeys(_STRICT, True),
            "allowUnusedLabels": False,
            "allowUnreachableCode": False,
            "noEmit": True,
        },
    }
)
_README = f"""\
# Nango integrations

Exported from a notebook by nangonb. Change the notebook and export again:
`nangonb export NOTEBOOK DIR --layout zero-yaml` does not overwrite files that were edited here.

- `<integration>/syncs/<name>.ts`, `actions/`, `on-events/`: the scripts, each with its configuration and
  models.
- `index.ts`: the scripts that are compiled and deployed.
- Every other `.ts` file is a module that scripts import.
- `nango-yaml/`, where there is one: scripts in TypeScript that were written for `nango.yaml`, as they were.
  The files that declare them import them.
- `.nangonb/export.json`: which files were exported. Commit it with them.

Version {ZERO_YAML.cli} of Nango's CLI takes this folder:

    npm install
    npx nango compile
    npx nango dryrun NAME CONNECTION -e dev
    npx nango deploy dev

The key is read from `NANGO_SECRET_KEY_DEV`, or from `.env`; `NANGO_HOSTPORT` names the server where you host
Nango yourself.

For the CLI that reads `nango.yaml`, export with `--layout nango-yaml`.
"""
