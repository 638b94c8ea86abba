"""Each rule through a cell that breaks it: the code, the line, the sentence and the hint."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.check.cells import lints, session, sync

ACTION = "def run_action(nango, input):\n"
EVENT = "def on_event(nango):\n"
MERGE = 'nango.set_merging_strategy("override", "Person")'
SAVE = 'nango.batch_save([], "Person")'
PREVIOUS = 'nango.delete_records_from_previous_executions("Person")'
START = 'nango.track_deletes_start("Person")'
END = 'nango.track_deletes_end("Person")'

# code, magic, script, what is said (message and hint)
CASES = [
    # Only a sync
    ("sync-only", "action do", ACTION + f">     {SAVE}\n", "nango.batch_save() calls are not allowed in an action script."),
    ("sync-only", "action do", ACTION + ">     nango.batchUpdate([], 'Person')\n", "nango.batchUpdate() calls are not allowed in an action script."),
    ("sync-only", "action do", ACTION + ">     return list(nango.list_records('Person'))\n", "nango.list_records() calls are not allowed in an action"),
    ("sync-only", "action do", ACTION + ">     return {'since': nango.last_sync_date}\n", "nango.last_sync_date is not allowed in an action"),
    ("sync-only", "action do", f"def save(nango):\n>     {SAVE}\n" + ACTION + "    save(nango)\n", "Return a value, or make it a sync"),
    ("sync-only", "on_event greet", EVENT + f">     {SAVE}\n", "not allowed in an on-event script. … Make it a sync."),
    ("sync-only", "module helpers", f"from nangonb import NangoAction\n\n\ndef save(nango: NangoAction):\n>     {SAVE}\n", "takes a NangoAction"),
    # Models
    ("unknown-model", "sync people", sync('> nango.batch_save([], "Preson")'), "'Preson' is not a valid model name. The possible model names are: Person. … Did you mean 'Person'?"),
    ("unknown-model", "sync all", sync('> nango.batch_update([], "Nope")'), "The possible model names are: Company, Account."),
    ("unknown-model", "sync people", sync('> nango.batch_delete([], model="Nope")'), "'Nope' is not a valid model name."),
    ("unknown-model", "sync people", sync('> nango.set_merging_strategy("override", "Nope")'), "'Nope' is not a valid model name."),
    ("unknown-model", "sync people", sync('> nango.get_records_by_ids(["1"], "Nope")'), "'Nope' is not a valid model name."),
    ("unknown-model", "sync people", sync('> for row in nango.list_records("Nope"):\n    nango.log(row["id"])'), "'Nope' is not a valid model name."),
    ("unknown-model", "sync people", sync('> nango.track_deletes_end("Nope")'), "'Nope' is not a valid model name."),
    ("unknown-model", "sync people", sync('> nango.delete_records_from_previous_executions("Nope")'), "'Nope' is not a valid model name."),
    ("unknown-model", "sync people", sync('nango.batch_save(\n    [],\n>     "Nope",\n)'), "'Nope' is not a valid model name."),
    ("unknown-model", "sync people", sync('> nango.batch_save([], "Company")'), "'Company' is not an output model of this script. Its output models are: Person. … Add it to the output: [Person, Company]"),
    ("unknown-model", "sync people", sync("> nango.batch_save([], Person)", head="from nangonb.models import Person\n\n\n"), 'takes the name of the model, not the type. … Write "Person".'),
    ("unknown-model", "module helpers", 'def save(nango, rows):\n>     nango.batch_save(rows, "Nope")\n', "'Nope' is not a valid model name. The possible model names are: Person, Company, Account."),
    # Retries
    ("retry-on-without-retries", "sync people", sync('> nango.get("/x", retry_on=[404])'), "retry_on should not be used if retries is not set. … Add the number of retries: `retries=3`."),
    ("retry-on-without-retries", "action do", ACTION + '>     nango.proxy("/x", method="POST", retries=None, retry_on=[404])\n', "retry_on should not be used"),
    # What a sync returns
    ("sync-returns-value", "sync people", sync("> return 1"), "fetch_data must not return a value."),
    ("sync-returns-value", "sync people", sync('for page in nango.paginate("/x"):\n    if page:\n>         return page'), "saves its records with nango.batch_save"),
    ("sync-returns-value", "sync people", sync('> return nango.get("/x")'), "Remove the value, or the `return`"),
    # Order
    ("merging-order", "sync people", sync(f"{SAVE}\n> {MERGE}"), "nango.set_merging_strategy() should be called before any batching records method. … Move it above nango.batch_save()."),
    ("merging-order", "sync people", sync(f'nango.get("/x")\n> {MERGE}'), "should be called before any proxy method."),
    ("merging-order", "sync people", sync(f"get(nango)\n> {MERGE}", head='def get(nango):\n    nango.get("/x")\n\n\n') , "Nango's CLI compares line numbers in the file"),
    ("delete-order", "sync people", sync(f"{PREVIOUS}\n> {PREVIOUS}"), "nango.delete_records_from_previous_executions() should be called only once."),
    ("delete-order", "sync people", sync(f"> {PREVIOUS}\n{SAVE}"), "should be called after all batching records methods. … Move it below nango.batch_save()."),
    ("delete-order", "sync people", sync(f"save(nango)\n> {PREVIOUS}", below=f"\n\ndef save(nango):\n    {SAVE}\n"), "compares line numbers in the file"),
    ("track-deletes-order", "sync people", sync(f"{SAVE}\n> {START}\n{END}"), "nango.track_deletes_start() for model 'Person' should be called before any batching records method."),
    ("track-deletes-order", "sync people", sync(f"{START}\n> {END}\n{SAVE}"), "should be called after all batching records methods. … Move it below nango.batch_save()."),
    ("track-deletes-order", "sync people", sync(f"{END}\n> {START}"), "should be called before track_deletes_end. … Swap the two."),
    ("track-deletes-order", "sync people", sync(f"{START}\n> {START}\n{END}"), "should be called only once."),
    ("track-deletes-order", "sync people", sync(f"{START}\n{END}\n> {END}"), "should be called only once."),
    ("track-deletes-order", "sync people", sync(f"> {END}"), "is called, but track_deletes_start is never called."),
    ("track-deletes-order", "sync people", sync(f"> {START}\n{SAVE}"), "is called, but track_deletes_end is never called."),
    # Names of the SDK
    ("deprecated", "sync people", sync('> nango.batch_send([], "Person")'), "nango.batch_send() is deprecated. … Use nango.batch_save() instead."),
    ("deprecated", "action do", ACTION + ">     return nango.get_field_mapping()\n", "Use nango.get_metadata() instead."),
    ("deprecated", "action do", ACTION + ">     nango.set_field_mapping({})\n", "Use nango.set_metadata() instead."),
    ("unknown-attribute", "sync people", sync('> nango.batchSave([], "Person")'), "NangoSync has no attribute 'batchSave'. … Did you mean 'batch_save'?"),
    ("unknown-attribute", "sync people", sync("> nango.log(nango.lastSyncDate)"), "Did you mean 'last_sync_date'?"),
    ("unknown-attribute", "action do", ACTION + ">     nango.frobnicate()\n", "NangoAction has no attribute 'frobnicate'."),
    ("unknown-attribute", "sync people", "def fetch_data(n):\n>     n.batchSave([], 'Person')\n", "Did you mean 'batch_save'?"),
    # Arguments
    ("sdk-arguments", "sync people", sync('> nango.get("/x", retryOn=[404])'), "nango.get() has no option 'retryOn'. … Did you mean 'retry_on'?"),
    ("sdk-arguments", "sync people", sync('> nango.get("/x", {"limit": 1})'), "nango.get() takes endpoint; the rest are keywords. … nango.get('/contacts', params={…})"),
    ("sdk-arguments", "sync people", sync('> nango.get({"endpoint": "/x"})'), "takes the endpoint and keywords, not one dict."),
    ("sdk-arguments", "sync people", sync('> nango.get("/x", method="POST")'), "Use nango.proxy(…, method=…)."),
    ("sdk-arguments", "sync people", sync("> nango.batch_save([])"), "nango.batch_save() lacks model. … nango.batch_save(records, model)"),
    ("sdk-arguments", "sync people", sync('> nango.log("x", levle="warn")'), "nango.log() has no option 'levle'. … Did you mean 'level'?"),
    ("sdk-arguments", "sync people", sync('> nango.batch_save([], "Person", 3)'), "nango.batch_save() takes records and model only."),
    ("sdk-arguments", "sync people", sync("> nango.log(str(nango.last_sync_date()))"), "nango.last_sync_date is a value and cannot be called."),
    ("sdk-arguments", "action do", ACTION + ">     nango.try_acquire_lock('k', 100)\n", "nango.try_acquire_lock() takes keywords. … nango.try_acquire_lock(key=…, ttl_ms=…)"),
    ("nango-at-top", "sync people", "> TOKEN = nango.get_token()\n\n\n" + sync("nango.log(TOKEN)"), "`nango` is not available at module level"),
    # Names
    ("undefined-name", "sync people", sync("> nango.log(contcts)", head="contacts = 'a'\n\n\n").replace("contcts)", "contcts + contacts)"), "contcts is not defined. … Did you mean contacts?"),
    ("undefined-name", "sync people", sync("> nango.log(frobnicate(1))"), "frobnicate is not defined. … Define it in this cell, or import it."),
    ("undefined-name", "sync people", sync("helper()", below="\n\ndef helper():\n>     nango.log('x')\n"), "`nango` is not defined in this function. … Add a parameter `nango`"),
    ("undefined-name", "sync people", "total = 1\n\n\n" + sync("> nango.log(str(total))\ntotal = 2"), "`total` is used before its assignment in this function."),
    ("unused-import", "sync people", "> import json\n\n\n" + sync('nango.log("x")'), "`json` is imported and not used. … Remove it."),
    ("unused-import", "sync people", "> from datetime import timezone as tz\n\n\n" + sync('nango.log("x")'), "`datetime.timezone as tz` is imported and not used."),
    ("unused-variable", "sync people", sync('> answer = nango.get("/x")'), "`answer` is assigned and not used."),
    ("unused-variable", "sync people", sync("> answer: int"), "`answer` is annotated and not used."),
    ("redefined", "sync people", "def f():\n    return 1\n\n\n> def f():\n    return 2\n\n\n" + sync("nango.log(str(f()))"), "`f` is defined twice. The first definition is not used."),
    ("redefined", "sync people", "import json\n\n\n" + sync('> for json in ["a"]:\n    nango.log(json)'), "The loop variable `json` hides an import."),
    ("star-import", "sync people", "> from math import *\n\n\n" + sync("nango.log(str(sqrt(2)))"), "`import *` hides which names of `math` are used."),
    # Slips of Python
    ("python-slip", "sync people", sync('> nango.log(f"done")'), "This f-string has no placeholders."),
    ("python-slip", "sync people", sync("> nango.log(str({'a': 1, 'a': 2}))"), "This dict repeats the key `'a'`. Python keeps the last value."),
    ("python-slip", "sync people", sync("> if (nango.variant, 1):\n    nango.log('x')"), "This condition is always true"),
    ("python-slip", "sync people", sync("> assert (nango.variant, 'x')"), "This `assert` is always true"),
    ("python-slip", "sync people", sync("> raise NotImplemented"), "Raise `NotImplementedError`."),
    ("python-slip", "sync people", sync("> nango.log('{} {}'.format(1))"), "`format()` has no argument for the placeholder 1."),
    ("python-slip", "sync people", sync("> nango.log('{}'.format(1, 2))"), "The text has no placeholder for argument 1 of `format()`. … Remove the argument, or add `{}` to the text."),
    ("python-slip", "sync people", sync("> nango.log('%s %s' % (1,))"), "The text has 2 placeholders, and `%` has 1 values."),
    ("python-slip", "sync people", sync("> nango.log('%(a)s' % (1,))"), "do not match its values"),
    ("python-syntax", "sync people", "> return 1\n\n\n" + sync("nango.log('x')"), "`return` outside a function."),
    ("python-syntax", "sync people", sync("> break"), "`break` outside a loop."),
]  # fmt: skip


#: What Nango's CLI for nango.yaml compiles all the same; the rest stops an export.
UNTIDY = {
    *("deprecated", "python-slip", "redefined", "track-deletes-order", "unused-import", "unused-variable"),
}


@pytest.mark.parametrize(("code", "magic", "script", "said"), CASES)
def test_is_said_at_its_line(code: str, magic: str, script: str, said: str) -> None:
    _, problems, (line,) = session(magic, script)
    (problem,) = lints(problems)
    severity = "warning" if code in UNTIDY or "is not an output model of this script" in said else "error"
    assert (problem.code, problem.severity) == (code, severity)
    assert problem.place is not None
    assert (problem.place.source, problem.place.line) == ("Cell In[9]", line)
    whole = f"{problem.message} … {problem.hint}"
    assert all(part in whole for part in said.split(" … ")), whole


@pytest.mark.parametrize("code", sorted({case[0] for case in CASES}))
def test_each_code_has_a_paragraph(root: Path, code: str) -> None:
    assert f"### `{code}`" in (root / "docs" / "problems.md").read_text("utf-8")


RIGHT = [
    ("sync people", sync(f"{MERGE}\nfor page in nango.paginate('/x'):\n    {SAVE.replace('[]', 'page')}\n{PREVIOUS}")),
    ("sync all", sync("nango.track_deletes_start('Account')\nnango.track_deletes_start('Company')\nnango.batch_save([], 'Account')\nnango.track_deletes_end('Account')\nnango.track_deletes_end('Company')")),
    ("sync people", sync("def inner():\n    return 1\nnango.log(str(inner()))\nif nango.variant:\n    return\nreturn None")),
    ("sync people", sync("nango.get('/x', **options)\nnango.batch_save(*pair)", head="options = {'retry_on': [404]}\npair = ([], 'Person')\n\n\n")),
    ("sync people", sync("nango.get('/x', retries=2, retry_on=[404])\nnango.get('/x', retry_on=None)")),
    ("sync people", sync("_, second = 1, 2\n_unused = 3\nnango.log(str(second))")),
    ("sync people", sync("save(nango)") + f"\n\ndef save(nango):\n    {SAVE}\n\n\ndef on_webhook(nango, payload):\n    {SAVE}\n    return payload\n"),
    ("action do", ACTION + "    if input is None:\n        raise nango.ActionError('no input', code=1)\n    return nango.get('/x').data\n"),
    ("sync people", "class nango_like:\n    def batchSave(self, nango_id):\n        return nango_id\n\n\n" + sync("other = nango_like()\nother.batchSave(1)")),
    ("module helpers", "def save(nango, rows):\n    nango.batch_save(rows, 'Person')\n    return nango.last_sync_date\n"),
]  # fmt: skip


@pytest.mark.parametrize(("magic", "script"), RIGHT)
def test_what_is_right_is_left_alone(magic: str, script: str) -> None:
    _, problems, _ = session(magic, script)
    assert [str(problem) for problem in lints(problems)] == []
