"""Codes of What cells declare."""

from __future__ import annotations

from nangonb.project.codes.code import Code

CODES = (
    Code("config-contradiction", "error"),
    Code("config-key", "error"),
    Code("config-line", "error"),
    Code("invalid-reads", "error"),
    Code("contradiction", "error"),
    Code("declared-twice", "error", also=("note",)),
    Code("yaml-entries-replaced", "note"),
    Code("failed-cell", "error"),
    Code("no-integration", "error"),
    Code("unknown-integration", "error"),
    Code("no-script", "warning"),
    Code("no-event", "error"),
    Code("case-collision", "error"),
    Code("module-path", "error"),
    Code("module-name", "note"),
)
