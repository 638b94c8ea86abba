"""Codes of Notebooks and folders."""

from __future__ import annotations

from nangonb.project.codes.code import Code

CODES = (
    Code("cell-not-run", "warning"),
    Code("not-in-notebook", "warning"),
    Code("differs-from-notebook", "warning"),
    Code("needs-execution", "warning", also=("error",)),
    Code("magic-not-first", "warning"),
    Code("unknown-magic", "error"),
    Code("forget", "warning"),
    Code("folder-contradiction", "error"),
    Code("path-taken", "error"),
    Code("file-name", "error"),
    Code("half-character", "error"),
    Code("zero-yaml-model-name", "error"),
    Code("integration-name", "error"),
    Code("not-in-nango-yaml", "warning"),
    Code("not-in-index", "warning"),
    Code("no-index", "warning"),
    Code("index-import", "error"),
    Code("zero-style", "error", also=("warning",)),
)
