"""Node.js: locating it, its npm packages, and the processes that run, check and bundle TypeScript."""

from nangonb._node.bundler import Bundle, BundleError, Bundler
from nangonb._node.compiler import Compiler, Diagnostic, compiler, sdk_declarations, sdk_types
from nangonb._node.declarations import Declarer, evaluate, ready, script_files
from nangonb._node.find import Node, NodeMissing, find_node, node_for
from nangonb._node.isolation import isolation
from nangonb._node.packages import installed, packages_folder
from nangonb._node.process import (
    MEMORY_MB,
    Call,
    Frame,
    NodeProcess,
    OutOfTime,
    ProcessDied,
    Reply,
    ScriptFailure,
    needs_own_packages,
)

__all__ = [
    "MEMORY_MB",
    "Bundle",
    "BundleError",
    "Bundler",
    "Call",
    "Compiler",
    "Declarer",
    "Diagnostic",
    "Frame",
    "Node",
    "NodeMissing",
    "NodeProcess",
    "OutOfTime",
    "ProcessDied",
    "Reply",
    "ScriptFailure",
    "compiler",
    "evaluate",
    "find_node",
    "installed",
    "isolation",
    "needs_own_packages",
    "node_for",
    "packages_folder",
    "ready",
    "script_files",
    "sdk_declarations",
    "sdk_types",
]
