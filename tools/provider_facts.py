"""Write nangonb/_nango/providers.json: the facts of Nango's providers, from a published version of its file.

    python tools/provider_facts.py 0.71.10

npm fetches the package. Only facts that a program uses are kept: no descriptions, titles or guides.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import yaml

TARGET: Final = Path(__file__).parents[1] / "nangonb" / "_nango" / "providers.json"
PACKAGE: Final = "@nangohq/providers"
FIELDS: Final = (
    "display_name",
    "auth_mode",
    "categories",
    "authorization_url",
    "token_url",
    "authorization_params",
    "token_params",
    "refresh_params",
    "default_scopes",
    "scope_separator",
    "token_response_metadata",
)
PROXY_FIELDS: Final = ("base_url", "headers", "paginate", "retry")
GUIDES: Final = "/docs/api-integrations/"


def facts(providers: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """The facts of each provider. An alias has the fields of its target, except those of its own."""
    whole = dict(providers)
    for name, own in providers.items():  # in the order of the file: a target may be an alias itself
        whole[name] = {**whole.get(own.get("alias", ""), {}), **own}
    found = {}
    for name, entry in sorted(whole.items()):
        proxy = entry.get("proxy") or {}
        found[name] = {
            **{field: entry[field] for field in FIELDS if field in entry},
            **({} if GUIDES in entry["docs"] else {"has_guide": False}),
            "proxy": {field: proxy[field] for field in PROXY_FIELDS if field in proxy},
        }
    return found


def main(version: str) -> None:
    published = json.loads(_npm("view", PACKAGE, "time", "--json"))[version]
    with tempfile.TemporaryDirectory() as folder:
        archive = Path(folder) / _npm("pack", f"{PACKAGE}@{version}", cwd=folder).split()[-1]
        with tarfile.open(archive) as files:
            file = files.extractfile("package/providers.yaml")
            assert file is not None
            providers = yaml.safe_load(file)
    lines = ",\n".join(f"{_json(name)}:{_json(entry)}" for name, entry in facts(providers).items())
    head = f'"package":{_json(PACKAGE)},"version":{_json(version)},"date":{_json(published[:10])}'
    TARGET.write_text(f'{{{head},"providers":{{\n{lines}\n}}}}\n', "utf-8")


def _npm(*arguments: str, cwd: str | None = None) -> str:
    command = ["npm", "--loglevel=error", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True, cwd=cwd).stdout


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


if __name__ == "__main__":
    main(*sys.argv[1:])
