"""The versions of Nango's CLI that the layouts are made for: the only version stamps there are."""

from __future__ import annotations

#: The last ``nango`` (npm) that reads nango.yaml: layout ``nango-yaml``.
NANGO_YAML_CLI = "0.69.14"
#: The ``nango`` (npm) that reads createSync, createAction and createOnEvent: layout ``zero-yaml``.
ZERO_YAML_CLI = "0.71.10"
#: The ``zod`` (npm) that its scripts import.
ZOD = "4.3.6"
