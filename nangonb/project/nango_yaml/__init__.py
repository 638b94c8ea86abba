"""nango.yaml: read it as js-yaml does, check it as the CLI does, generate what the CLI generates, write it.

``read`` text -> ``check`` data -> ``problems``, ``interfaces``, ``schema_json`` … Pure functions.
"""

from __future__ import annotations

from nangonb.project.nango_yaml.checked import Checked, DeclaredScript, Endpoint, Integration, check
from nangonb.project.nango_yaml.fields import Field, Model
from nangonb.project.nango_yaml.findings import Finding, KeyPath
from nangonb.project.nango_yaml.javascript import JsDate
from nangonb.project.nango_yaml.loader import YamlDocument, read
from nangonb.project.nango_yaml.problems import problems
from nangonb.project.nango_yaml.runs import Interval, RunsError, interval
from nangonb.project.nango_yaml.schema import SchemaError

__all__ = [
    "Checked",
    "DeclaredScript",
    "Endpoint",
    "Field",
    "Finding",
    "Integration",
    "Interval",
    "JsDate",
    "KeyPath",
    "Model",
    "RunsError",
    "SchemaError",
    "YamlDocument",
    "check",
    "interval",
    "problems",
    "read",
]
