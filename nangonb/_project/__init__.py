"""What cells declare, as pure data: no I/O, no IPython, no network."""

from nangonb._project.cells import DeclaredCell, FailedCell, ModuleCell, ScriptCell, YamlCell, read_cell
from nangonb._project.codes import Severity
from nangonb._project.declarations import Declarations
from nangonb._project.imports import reachable
from nangonb._project.layouts import (
    LAYOUTS,
    NANGO_YAML,
    PYTHON,
    TYPESCRIPT,
    ZERO_YAML,
    Layout,
    layout_named,
    layout_of,
)
from nangonb._project.problems import Place, Problem
from nangonb._project.project import Project
from nangonb._project.scripts import (
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
from nangonb._project.source import Source
from nangonb._project.typescript import CREATES, FUNCTIONS
from nangonb._project.zero import Declaration, Evaluate, without_node

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
