"""What cells declare, as pure data: no I/O, no IPython, no network."""

from nangonb.project.cells import DeclaredCell, FailedCell, ModuleCell, ScriptCell, YamlCell, read_cell
from nangonb.project.codes import Severity
from nangonb.project.declarations import Declarations
from nangonb.project.imports import reachable
from nangonb.project.layouts import (
    LAYOUTS,
    NANGO_YAML,
    PYTHON,
    TYPESCRIPT,
    ZERO_YAML,
    Layout,
    layout_named,
    layout_of,
)
from nangonb.project.problems import Place, Problem
from nangonb.project.project import Project
from nangonb.project.scripts import (
    ENTRY,
    FOLDERS,
    GENERATED_MODELS,
    MODELS_PY,
    WEBHOOK,
    YAML_FILE,
    Kind,
    Language,
    Module,
    Script,
    ScriptConfig,
    Style,
)
from nangonb.project.source import Source
from nangonb.project.typescript import CREATES, FUNCTIONS
from nangonb.project.zero import Declaration, Evaluate, without_node

__all__ = [
    "CREATES",
    "ENTRY",
    "FOLDERS",
    "FUNCTIONS",
    "GENERATED_MODELS",
    "LAYOUTS",
    "MODELS_PY",
    "NANGO_YAML",
    "PYTHON",
    "TYPESCRIPT",
    "WEBHOOK",
    "YAML_FILE",
    "ZERO_YAML",
    "Declaration",
    "Declarations",
    "DeclaredCell",
    "Evaluate",
    "FailedCell",
    "Kind",
    "Language",
    "Layout",
    "Module",
    "ModuleCell",
    "Place",
    "Problem",
    "Project",
    "Script",
    "ScriptCell",
    "ScriptConfig",
    "Severity",
    "Source",
    "Style",
    "YamlCell",
    "layout_named",
    "layout_of",
    "reachable",
    "read_cell",
    "without_node",
]
