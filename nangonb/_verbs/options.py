"""Options that several verbs have, as annotations of their parameters."""

from __future__ import annotations

from typing import Annotated

from nangonb._project.options import Option

EnvironmentOption = Annotated[
    str | None,
    Option(
        "-e --environment", "the Nango environment (dev, prod …), or sandbox", "ENV", completes="environment"
    ),
]
IntegrationOption = Annotated[
    str | None,
    Option(
        "--integration-id",
        "the integration, where a name or connection is in several",
        "ID",
        completes="integration",
    ),
]
VariantOption = Annotated[str, Option("--variant", "the sync variant", "NAME")]
_DEFAULT_LAYOUT = "by default the configured one, else zero-yaml for createSync and the like, else nango-yaml"
LayoutOption = Annotated[
    str | None,
    Option(
        "--layout",
        "nango-yaml (nango.yaml and TypeScript), zero-yaml (TypeScript for today's CLI), or python; "
        + _DEFAULT_LAYOUT,
        "LAYOUT",
    ),
]
TypeScriptLayoutOption = Annotated[
    str | None, Option("--layout", f"nango-yaml, or zero-yaml; {_DEFAULT_LAYOUT}", "LAYOUT")
]
PruneOption = Annotated[bool, Option("--prune", "remove files that were exported once and no longer are")]
TrustOption = Annotated[
    bool,
    Option(
        "--trust", "run code of scripts where what they declare is known only by that, also without isolation"
    ),
]
JsonOption = Annotated[bool, Option("--json", "one JSON document on stdout, everything else on stderr")]

ConnectionArgument = Annotated[
    str | None, Option("CONNECTION", "id of the connection", completes="connection")
]
_SYNC = Option("NAME", "the sync: NAME, INTEGRATION/NAME or INTEGRATION/syncs/NAME", completes="script")
SyncArgument = Annotated[str, _SYNC]
AnySyncArgument = Annotated[str | None, _SYNC]
FolderArgument = Annotated[str, Option("DIR", "the folder to write", completes="path")]
SourceArgument = Annotated[
    str, Option("SOURCE", "a notebook, or a nango-integrations folder", completes="path")
]
SourcesArgument = Annotated[
    list[str], Option("SOURCE", "notebooks, or a nango-integrations folder", completes="path")
]
DeclaringSourceArgument = Annotated[
    str | None,
    Option("SOURCE", "a notebook, or a nango-integrations folder, that declares it", completes="path"),
]
