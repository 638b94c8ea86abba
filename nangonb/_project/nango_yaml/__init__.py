"""nango.yaml: read it as js-yaml does, check it as the CLI does, generate what the CLI generates, write it.

``read`` text -> ``check`` data -> ``problems``, ``interfaces``, ``schema_json`` … Pure functions.
"""

from __future__ import annotations

from nangonb._project.nango_yaml.checked import Checked, DeclaredScript, Endpoint, Integration, check
from nangonb._project.nango_yaml.composition import Block, assemble, blocks, same
from nangonb._project.nango_yaml.fields import Field, Model
from nangonb._project.nango_yaml.findings import Finding, KeyPath
from nangonb._project.nango_yaml.javascript import JsDate
from nangonb._project.nango_yaml.json_schema import model_schema, models_to_json_schema, schema_json
from nangonb._project.nango_yaml.loader import YamlDocument, read
from nangonb._project.nango_yaml.problems import problems
from nangonb._project.nango_yaml.python_models import models_module, python_name
from nangonb._project.nango_yaml.runs import Interval, RunsError, interval
from nangonb._project.nango_yaml.scaffold import scaffold
from nangonb._project.nango_yaml.schema import SchemaError
from nangonb._project.nango_yaml.schema_problems import missing_endpoints
from nangonb._project.nango_yaml.typescript import interfaces, nango_json
from nangonb._project.nango_yaml.writer import dump

__all__ = [
    "Block",
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
    "assemble",
    "blocks",
    "check",
    "dump",
    "interfaces",
    "interval",
    "missing_endpoints",
    "model_schema",
    "models_module",
    "models_to_json_schema",
    "nango_json",
    "problems",
    "python_name",
    "read",
    "same",
    "scaffold",
    "schema_json",
]
