"""What a project consists of: scripts, modules, and the names they are known by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from nangonb._project.source import Source

Kind = Literal["sync", "action", "on-event"]
Language = Literal["python", "typescript"]
#: How a script is configured: by nango.yaml, or by itself with ``createSync`` and the like.
Style = Literal["yaml", "zero"]

#: Folder of each kind below its integration, and key of nango.yaml; Nango's own.
FOLDERS: dict[Kind, str] = {"sync": "syncs", "action": "actions", "on-event": "on-events"}
#: The function that Nango calls, in Python's spelling: ``fetchData``, ``runAction``, ``onEvent``.
ENTRY: dict[Kind, str] = {"sync": "fetch_data", "action": "run_action", "on-event": "on_event"}
#: The function of a sync that Nango calls with a webhook: ``onWebhookPayloadReceived``, ``onWebhook``.
WEBHOOK = "on_webhook"

#: The name of the file that declares scripts and models.
YAML_FILE = "nango.yaml"
#: The models as Python, beside exported scripts. Made from nango.yaml, and never read back.
MODELS_PY = "models.py"
GENERATED_MODELS = (
    "# Made from nango.yaml by nangonb, for editors and type checkers. Change nango.yaml instead."
)


@dataclass(frozen=True, slots=True)
class ScriptConfig:
    """The configuration of a script in nango.yaml, with Nango's defaults.

    ``output`` are model names; an action has at most one. ``models`` are all that the script may
    save to or return, references included.
    """

    output: tuple[str, ...] = ()
    input: str | None = None
    description: str = ""
    runs: str | None = None
    sync_type: str = "full"
    track_deletes: bool = False
    auto_start: bool = True
    version: str = ""
    scopes: tuple[str, ...] = ()
    endpoints: tuple[str, ...] = ()
    event: str | None = None
    declared: bool = True
    webhook_subscriptions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Script:
    """One script with its configuration. ``integration`` is None if it is not declared.

    One of ``style`` ``zero`` declares itself, with models of its own: name → JSON Schema (``schemas``).
    ``webhook``: whether it takes webhooks; None where only its text could tell. ``reads`` are the paths that
    it requests with POST and only reads from.
    """

    integration: str | None
    kind: Kind
    name: str
    language: Language
    source: Source
    config: ScriptConfig
    style: Style = "yaml"
    schemas: Mapping[str, Mapping[str, Any]] = field(default_factory=dict, compare=False)
    path: str = ""
    webhook: bool | None = None
    reads: tuple[str, ...] = ()

    @property
    def file(self) -> str:
        """Its place in the exported folder, without suffix."""
        return self.path or self.key

    @property
    def key(self) -> str:
        """``salesforce/syncs/salesforce-contacts``: the name that is never ambiguous."""
        return f"{self.integration or '?'}/{FOLDERS[self.kind]}/{self.name}"

    def answers_to(self, name: str) -> bool:
        """Whether ``name`` means this script: its bare name, ``integration/name`` or its key."""
        return name in (self.name, f"{self.integration}/{self.name}", self.key)


@dataclass(frozen=True, slots=True)
class Module:
    """Code that scripts import. ``path`` is relative to the exported folder, without suffix."""

    path: str
    language: Language
    source: Source

    @property
    def import_name(self) -> str:
        """``helpers/dates`` is imported as ``nangonb.modules.helpers.dates``."""
        return "nangonb.modules." + self.path.replace("/", ".").replace("-", "_")
