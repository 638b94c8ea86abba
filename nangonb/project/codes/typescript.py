"""Codes of TypeScript."""

from __future__ import annotations

from nangonb.project.codes.code import Code

CODES = (
    Code("ts-NNNN", "warning", also=("error",)),
    Code("not-awaited", "warning"),
    Code("import-not-allowed", "warning"),
    Code("import-not-on-server", "warning"),
    Code("constructor-call", "warning", also=("error",)),
    Code("console-log", "warning"),
    Code("bad-export", "warning"),
    Code("named-export", "warning"),
    Code("typescript-declaration", "error"),
    Code("needs-trust", "error"),
    Code("python-in-typescript", "error"),
    Code("needs-node", "warning", also=("note",)),
    Code("not-compiled", "warning"),
    Code("typescript-unchecked", "note"),
)
