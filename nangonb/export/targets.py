"""The versions of Nango's CLI that the layouts are made for: the only version stamps there are."""

from __future__ import annotations

import json

#: The last ``nango`` (npm) that reads nango.yaml: layout ``nango-yaml``.
NANGO_YAML_CLI = "0.69.14"
#: The ``nango`` (npm) that reads createSync, createAction and createOnEvent: layout ``zero-yaml``.
ZERO_YAML_CLI = "0.71.10"
#: The ``zod`` (npm) that its scripts import.
ZOD = "4.3.6"


def package_json(dependencies: dict[str, str], **more: str) -> str:
    """package.json of an exported folder: `npm install` gets the CLI that takes it."""
    return json_text(
        {
            "name": "nango-integrations",
            "private": True,
            **more,
            "scripts": {"compile": "nango compile", "dev": "nango dev"},
            "devDependencies": dependencies,
        }
    )


def json_text(value: object) -> str:
    """JSON as the files of a folder have it."""
    return json.dumps(value, indent=4) + "\n"
