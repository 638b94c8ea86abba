"""Codes of Deploying."""

from __future__ import annotations

from nangonb.project.codes.code import Code

CODES = (
    Code("does-not-bundle", "error"),
    Code("does-not-load", "error"),
    Code("server-model", "error"),
    Code("server-endpoint", "error"),
    Code("server-event", "error"),
    Code("server-size", "error"),
    Code("functions-one-file", "error"),
    Code("functions-style", "error"),
    Code("functions-on-event", "error"),
    Code("model-no-longer-saved", "note"),
    Code("on-events-alone", "error"),
    Code("other-on-events", "warning"),
    Code("server-refused", "error"),
)
