"""Data against the models of nango.yaml, as ``nango dryrun`` checks it: input, output, and saved records."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

from nangonb._project import Problem, Project, Script, Severity
from nangonb._records import Breach, ValidationSummary, Validator, decode, to_js_json
from nangonb._text import plural
from nangonb.errors import SDKError

if TYPE_CHECKING:
    from nangonb._dryrun.shared import Run
    from nangonb._records import Violation

Side = Literal["input", "output"]
_SHOWN = 5
_SAID = 2


def check_data(run: Run, script: Script, side: Side, value: Any) -> None:
    """Check an action's input or output against its model.

    A breach is a warning; with ``run.validation`` it raises SDKError with the code of Nango's runner,
    ``invalid_action_input`` or ``invalid_action_output``.
    """
    project = run.project
    model = _model_of(project, script, side)
    if model is None:
        if side == "output" or value is None or not script.config.declared:
            return
        summary = ValidationSummary()
        summary.add("undeclared", "", "no input", value, 0, "")
        breach = f"{script.name} declares no input, and got one"
        hint = "Leave the input out, or declare it: input: MODEL in nango.yaml."
    else:
        schema = project.model_schema(model, script)
        if schema is None:
            return
        summary = _violations(schema, value)
        if not summary:
            return
        breach = f"The {side} of {script.name} breaks its model {model}: {_said(summary)}"
        where = f"{side} in createAction" if script.style == "zero" else "the model in nango.yaml"
        hint = f"Fix the {side}, or {where}."
    run.findings.breaches += [Breach(side, model or "", row) for row in summary.rows]
    if run.validation:
        code = f"invalid_action_{side}"
        raise SDKError(f"{breach}. {hint} ({code})", code=code)
    run.findings.add(Problem(f"invalid-{side}", f"{breach}.", script.source.top, hint))


def as_json(output: Any) -> Any:
    """What an action returns, as its caller gets it.

    Raises:
        SDKError: JSON cannot hold it.
    """
    try:
        return decode(to_js_json(output))
    except TypeError as error:
        raise SDKError(
            f"run_action returned what JSON cannot hold: {error}.", code="invalid_action_output"
        ) from None


def records_problem(model: str, summary: ValidationSummary, rows: Sequence[Violation]) -> Problem | None:
    """How many saved records break their model, and in which ways, the first of them: an error where all of
    them do, else a warning; None where none does. ``rows`` are those of ``summary``, as they may be shown."""
    if not summary:
        return None
    severity: Severity = "error" if all_broken(summary) else "warning"
    broken = f"{summary.invalid:,} of {plural(summary.checked, 'record')} of {model}"
    lines = [f"{broken} {'breaks its' if summary.invalid == 1 else 'break their'} model"]
    lines += [str(row) for row in rows[:_SAID]]
    more = len(rows) - _SAID
    lines += [f"and {plural(more, 'more kind')} of breach: .validation has all"] if more > 0 else []
    hint = "Fix the records or the model. --validation ends the run at the first invalid record."
    return Problem("invalid-record", f"{lines[0]}: {'; '.join(lines[1:])}.", hint=hint, severity=severity)


def all_broken(summary: ValidationSummary) -> bool:
    """Whether no record is as the model says: one of the two is wrong as a whole."""
    return summary.checked > 0 and summary.invalid == summary.checked


def _model_of(project: Project, script: Script, side: Side) -> str | None:
    key = (script.integration, script.kind, script.name)
    declared = next((s for s in project.checked.scripts if (s.integration, s.kind, s.name) == key), None)
    config = declared or script.config  # nango.yaml names the anonymous ones (`output: string`)
    if side == "output":
        return config.output[0] if config.output else None
    return config.input


def _violations(schema: Any, value: Any) -> ValidationSummary:
    validator = Validator(schema)
    # as it would arrive: dates as text, integral floats as integers
    validator.check([decode(to_js_json(value))], [""])
    return validator.summary


def _said(summary: ValidationSummary) -> str:
    breaches = []
    for row in summary.rows[:_SHOWN]:
        if row.rule == "required":
            breaches.append(f"{row.path} is missing")
        elif row.rule == "additionalProperties":
            breaches.append(f"{row.path} is not in the model")
        else:
            breaches.append(f"{row.path or 'it'} is {row.example}, not {row.expected}")
    more = len(summary.rows) - _SHOWN
    return "; ".join(breaches) + (f"; and {more:,} more" if more > 0 else "")
