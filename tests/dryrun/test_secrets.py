"""Keys and tokens that pass through a run are in nothing that is shown, printed or written."""

from __future__ import annotations

import json
from urllib.parse import quote, quote_plus

import pytest

from nangonb._dryrun import Dryrun
from nangonb._dryrun.document import pieces
from nangonb.errors import ScriptError
from tests.scripted import KEY, TOKEN, Answer, ScriptedNango
from tests.world import World, shown

CANARIES = [
    KEY,
    TOKEN,
    quote(TOKEN, safe=""),
    quote_plus(TOKEN),
    json.dumps(TOKEN)[1:-1],
    "canary-body-secret",
]


def everything(result: Dryrun) -> dict[str, str]:
    """Every form in which a run leaves the process."""
    bundle = result._repr_mimebundle_()
    return {
        "str": str(result),
        "repr": repr(result),
        "text": bundle["text/plain"],
        "html": bundle["text/html"],
        "mime": json.dumps(bundle["application/vnd.nangonb.dryrun+json"]),
        "json": b"".join(pieces(result)).decode(),
        "requests": result.requests.to_json(),
        "logs": result.logs.to_json(),
        "problems": result.problems.to_json(),
        "error_json": json.dumps(result.error_json),
        "error_lines": "\n".join(result.error_lines),
    }


def assert_clean(texts: dict[str, str]) -> None:
    found = [(name, canary) for name, text in texts.items() for canary in CANARIES if canary in text]
    assert found == []


GET_TOKEN = "token = nango.get_connection()['credentials']['access_token']\n"


@pytest.mark.parametrize(
    "use",
    [
        "nango.log(token, {'token': token})",
        "nango.get('/a', params={'access': token})",
        "nango.get('/a?access=' + token)",
        "nango.get('/a/' + token)",
        "nango.get('/a', headers={'X-Odd': token, 'Accept': token})",
        "nango.post('/a', data={'t': token})",
        "nango.batch_save([{'id': token, 'name': token}], 'Contact')",
        "nango.batch_save([{'id': '1', 'name': 'see ' + token, 'odd': [token]}], 'Contact')",
        "nango.batch_save([{'id': '1', 'age': token}], 'Contact')",
        "nango.batch_delete([{'id': token}], 'Contact')",
        "nango.batch_update([{'id': '7', 'name': token}], 'Contact')",
        "nango.batch_save([{'id': token}, {'id': token}], 'Contact')",
    ],
)
def test_in_a_run_that_succeeds(acme: World, scripted: ScriptedNango, use: str) -> None:
    scripted.answers = [Answer({"password": "canary-body-secret"})]
    result = acme.sync(GET_TOKEN + use)
    assert_clean(everything(result))


@pytest.mark.parametrize(
    "use",
    [
        "raise ValueError('the token is ' + token)",
        "raise nango.ActionError('bad', token=token)",
        "raise KeyError(token)",
        "raise NameError(token)",
        "nango.get('/fail', params={'access': token})",
        "nango.get('/fail?access=' + token)",
        "nango.batch_save([{'id': {token}}], 'Contact')",
        "nango.batch_save([{'id': '1', 'name': {token}}], 'Contact')",
        "nango.batch_save([{'id': '1'}], token)",
        "nango.post('/a', data={token: {1}})",
        "error = ValueError('x')\nerror.add_note(token)\nraise error",
        "try:\n    raise ValueError(token)\n"
        "except ValueError as error:\n    raise RuntimeError('y') from error",
        "exec('1/0', {'x': token})",
    ],
)
def test_in_a_run_that_fails(acme: World, scripted: ScriptedNango, use: str) -> None:
    # the secret stands where the text of the body is cut
    long = "x" * 990 + TOKEN + "y" * 100
    scripted.answers = [Answer({"echo": long, "api_key": "canary-body-secret"}, 500)]
    error = acme.fails(GET_TOKEN + use)
    assert_clean({**everything(error.dryrun), "shown": shown(error), "message": str(error)})
    assert "canary-to" not in shown(error)  # nor a part of it


def test_a_key_written_into_the_cell(acme: World) -> None:
    error = acme.fails(f"key = {KEY!r}\nraise ValueError('x')")
    assert_clean({**everything(error.dryrun), "shown": shown(error)})


def test_in_the_output_of_an_action(acme: World) -> None:
    acme.action(GET_TOKEN + "return {'t': token, 'list': [token], 'password': 'canary-body-secret'}")
    result = acme.session.last_dryrun()
    texts = everything(result)
    # the document is data: it keeps what only looks like a secret, and masks those that are known
    assert TOKEN not in texts["json"]
    assert json.loads(texts.pop("json"))["output"]["password"] == "canary-body-secret"
    assert_clean(texts)
    assert result.output["t"] == TOKEN  # the value itself is the user's


def test_a_wrong_key_is_not_shown(acme: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from nangonb.errors import ApiError

    monkeypatch.setenv("NANGO_SECRET_KEY_DEV", "canary-wrong-key-1234567890")
    with pytest.raises(ApiError) as caught:
        acme.sync("pass")
    assert "canary-wrong" not in shown(caught.value)
    assert "NANGO_SECRET_KEY_DEV" in shown(caught.value)


def test_what_nango_echoes(acme: World, scripted: ScriptedNango) -> None:
    scripted.answers = [
        Answer({"error": {"code": "unknown_connection", "message": f"no such connection for {KEY}"}}, 400)
    ]
    error = acme.fails("nango.get('/a')")
    assert_clean({**everything(error.dryrun), "shown": shown(error)})


def test_environment_variables(acme: World, scripted: ScriptedNango) -> None:
    scripted.variables = [{"name": "MY_API_KEY", "value": "canary-body-secret"}]
    with pytest.raises(ScriptError) as caught:
        acme.action(
            "v = nango.get_environment_variables()[0]['value']\nnango.log('v', v)\nraise ValueError(v)"
        )
    assert_clean({**everything(caught.value.dryrun), "shown": shown(caught.value)})
