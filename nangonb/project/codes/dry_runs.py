"""Codes of Dry runs."""

from __future__ import annotations

from nangonb.project.codes.code import Code

CODES = (
    Code("script-failed", "error"),
    Code("interrupted", "warning"),
    Code("repeated-page", "warning"),
    Code("page-not-json", "error", also=("warning",)),
    Code("page-without-list", "warning", also=("error",)),
    Code("empty-page", "warning"),
    Code("link-header-missing", "warning"),
    Code("link-header", "warning"),
    Code("cap-reached", "warning"),
    Code("responses-saved", "note"),
    Code("responses-not-saved", "warning", also=("error",)),
    Code("no-earlier-run", "warning"),
    Code("clock-set-back", "warning"),
    Code("invalid-record", "warning", also=("error",)),
    Code("invalid-input", "warning"),
    Code("invalid-output", "warning"),
    Code("rate-limit", "note"),
    Code("duplicate-id", "warning"),
    Code("key-order", "error"),
    Code("unsafe-integer", "warning"),
    Code("list-records-stops", "warning"),
    Code("sync-running", "warning", also=("note",)),
    Code("remote-run", "note"),
    Code("remote-compile", "error"),
    Code("remote-output", "warning"),
    Code("lost-digits", "note"),
    Code("wrong-type", "note"),
)
