"""Secrets of every kind, planted everywhere; then every output, file and error is searched for them."""

from __future__ import annotations

import base64
import logging
import pickle
import traceback
from pathlib import Path

import pytest

from nangonb._dryrun import Dryrun
from nangonb._masking import Masker
from nangonb.errors import ScriptError
from tests.dryrun.test_secrets import everything
from tests.scripted import KEY, TOKEN, Answer, ScriptedNango
from tests.world import World, shown

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJjYW5hcnkiOiJjYW5hcnktand0In0.c2lnbmF0dXJlLWNhbmFyeQ"
PRIVATE = "-----BEGIN PRIVATE KEY-----\nMIIcanary-private\n-----END PRIVATE KEY-----"
REFRESH = "canary-refresh-0123456789"
BODY = {
    "access_token": "canary-body-access",
    "refresh_token": "canary-body-refresh",
    "client_secret": "canary-body-client",
    "password": "canary-body-password",
    "api_key": "canary-body-apikey",
    "id_token": "canary-body-id",
    "nested": [{"apiKey": "canary-body-nested", "note": f"see {JWT}"}],
    "callback": "https://someone:canary-userinfo@acme.example/x",
    "next": "/items?page=2&access_token=canary-next&token=canary-next-token",
    "pem": PRIVATE,
    "echo": TOKEN,
}
HEADERS = {
    "set-cookie": "session=canary-cookie; Path=/",
    "x-auth-token": "canary-response-header",
    "link": '</items?page=2&api_key=canary-link>; rel="next"',
}
BASIC = base64.b64encode(b"canary-basic:x").decode().rstrip("=")
CANARIES = [KEY, TOKEN, REFRESH, JWT, BASIC, "MIIcanary", "canary-"]

# The lines of the script are shown where it fails, so that none of these stands in them as a literal.
HEAD = f"""
import base64
key = ''.join(['can', 'ary-'])
jwt = '.'.join({JWT.split(".")!r})
basic = 'Basic ' + base64.b64encode(f'{{key}}basic:x'.encode()).decode()
c = nango.get_connection()['credentials']
nango.get(f'/items?api_key={{key}}endpoint&token={{key}}endpoint-token',
    params={{'api_key': key + 'params', 'access_token': key + 'params-token', 'q': 'x'}},
    headers={{'X-Api-Key': key + 'header', 'X-Odd': key + 'odd', 'Authorization': basic}})
nango.get('/other', base_url_override=f'https://u:{{key}}override@acme.example?token={{key}}override-token')
nango.post('/login', data={{'client_secret': key + 'data', 'refresh_token': c['raw']['refresh']}})
nango.post('/form', data=f'client_secret={{key}}form&grant_type=x',
    headers={{'Content-Type': 'application/x-www-form-urlencoded'}})
nango.log('token', c['access_token'], {{'password': key + 'log'}})
nango.log(f'Authorization: Bearer {{key}}log-bearer and {{jwt}}')
nango.log(f'Authorization: {{basic}}')
nango.log(f'GET https://acme.example/x?token={{key}}log-query&page=2')
jar = f'a={{key}}log-jar; Path=/'
nango.log('headers', {{'set-cookie': jar, 'cookie': [f'b={{key}}c', f'd={{key}}e']}})
nango.log(f'Set-Cookie: session={{key}}log-line; Path=/')
nango.log(f'postgres://user:{{key}}log-userinfo@db/x')
"""


def plant(scripted: ScriptedNango) -> ScriptedNango:
    """Secrets in the connection, in four answers with all that a provider may say, and in an error."""
    scripted.metadata = {"region": "EMEA"}
    connection = {
        "id": 1,
        "connection_id": "conn-1",
        "provider_config_key": "acme",
        "provider": "acme",
        "metadata": {},
        "credentials": {"type": "OAUTH2", "access_token": TOKEN, "raw": {"refresh": REFRESH}},
        "connection_config": {"api_key": "canary-config"},
    }
    scripted.api["/connections/conn-1"] = Answer(connection)
    scripted.answers = [Answer(BODY, headers=HEADERS) for _ in range(4)]
    scripted.answers.append(
        Answer(
            {"error": f"bad token {TOKEN}", "api_key": "canary-error", "detail": f"jwt {JWT}"}, 401, HEADERS
        )
    )
    return scripted


@pytest.fixture
def planted(scripted: ScriptedNango) -> ScriptedNango:
    return plant(scripted)


def outputs(result: Dryrun) -> dict[str, str]:
    found = everything(result)
    for n in range(1, len(result.requests) + 1):
        one = result.request(n)
        bundle = one._repr_mimebundle_()
        found[f"request {n}"] = f"{one!r}{bundle}{one.data}{one.body}{one.response_headers}{one.request}"
    for name, drawn in (("timeline", result.timeline()), ("profile", result.profile())):
        found[name] = f"{drawn!r}{drawn._repr_mimebundle_()}{drawn.view}"
    found["frames"] = result.requests.to_csv() + result.logs.to_csv() + result.problems.to_csv()
    found["validation"] = result.validation.to_csv()
    return found


def assert_clean(texts: dict[str, str]) -> None:
    leaks = [
        (name, canary, text[max(text.find(canary) - 60, 0) :][:160])
        for name, text in texts.items()
        for canary in CANARIES
        if canary in text
    ]
    assert leaks == []


def test_a_run_that_succeeds(acme: World, planted: ScriptedNango, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    result = acme.sync(HEAD)
    assert result.requests["status"].tolist() == [200] * 4
    assert_clean({**outputs(result), "logging": caplog.text})


def test_a_run_that_fails(
    acme: World, planted: ScriptedNango, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    error = acme.fails(HEAD + "nango.get('/fail', params={'sig': key + 'signature', 'token': key + 'param'})")
    printed = capsys.readouterr()
    texts = {
        **outputs(error.dryrun),
        "shown": shown(error),
        "message": str(error),
        "logging": caplog.text,
        "printed": printed.out + printed.err,
    }
    assert_clean(texts)
    last = error.dryrun.request(-1)
    assert (last.request.status, last.body["error"]) == (401, "bad token ****")


def test_saved_responses(acme: World, planted: ScriptedNango, tmp_path: Path) -> None:
    result = acme.sync(HEAD)
    text = result.save_responses(tmp_path / "saved.test.json").read_text()
    assert_clean({"file": text})


def test_nothing_with_a_name_is_left_on_disk(
    acme: World, planted: ScriptedNango, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # what is spilled has no name: only this process can read it, and it is gone with it
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    planted.answers = [Answer([{"id": "1", "access_token": "canary-x" * 400_000}])]
    result = acme.sync("nango.get('/big')")
    assert result.requests["bytes"].tolist() > [2 * 2**20]
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_nothing_is_pickled(acme: World, planted: ScriptedNango) -> None:
    result = acme.sync(HEAD)
    with pytest.raises(TypeError, match="save_responses"):
        pickle.dumps(result)
    with pytest.raises(TypeError):
        pickle.dumps(Masker([TOKEN]))
    kept = [
        result.requests,
        result.logs,
        result.problems,
        result.request(1),
        result.timeline(),
        result.profile(),
    ]
    assert_clean({"pickles": "".join(pickle.dumps(each).decode("latin-1") for each in kept)})


def test_records_are_the_users_own(acme: World, planted: ScriptedNango) -> None:
    result = acme.sync("nango.batch_save([{'id': '1', 'name': 'token=abcdefgh', 'age': 1}], 'Contact')")
    assert result.df["name"].tolist() == ["token=abcdefgh"]
    assert result.records["Contact"][0]["name"] == "token=abcdefgh"


@pytest.mark.parametrize(
    "text",
    [
        "page token of the list", "GET /items?key=PROJ-1&page=2", "the password was wrong", "next_page=abc",
        "https://acme.example:8080/x", "12:30 meet a@b.example", "author=someone", "eyJust a word",
        "monkey=1234", "a cookie: chocolate", "the cookie banner: a=1",
        "codes=1234&encode=utf-8", '{"count": 12, "keyboard": "qwerty"}', "sk_live", "pat-on-the-back-of-it",
    ],
)  # fmt: skip
def test_ordinary_text_stays(text: str) -> None:
    assert Masker().text(text) == text


@pytest.mark.parametrize(
    "word",
    [
        "a-",
        "secret-",
        "secret",
        "x.1-",
        "token ",
        "eyJ",
        "-----BEGIN ",
        "://a:b",
        "token_count=",
        "sig:",
        "sig=",
        "key='",
        'auth:"',
        "token_id: [",
        "\\",
        "&quot;",
        "page_token=a&",
    ],
)
def test_a_long_row_of_words_is_read_in_one_go(word: str) -> None:
    text = word * (200_000 // len(word)) + " with api_key=canary-0001 end"
    assert Masker().text(text).endswith(" with api_key=**** end")


def test_lists_below_the_name_of_a_secret() -> None:
    data = {
        "set-cookie": ["canary-one; Path=/", ("canary-two", ["canary-three"])],
        "access_token": [{"name": "kept", "password": ["canary-four", None, True]}],
        "cookies": ["kept"],
    }
    assert Masker().data(data) == {
        "set-cookie": ["****", ["****", ["****"]]],
        "access_token": [{"name": "kept", "password": ["****", None, True]}],
        "cookies": ["kept"],
    }


def test_the_chain_of_a_traceback(acme: World, planted: ScriptedNango) -> None:
    with pytest.raises(ScriptError) as caught:
        acme.sync(HEAD + "nango.get('/fail')")
    # of ours: what the script itself raised is its own exception, with its own words
    assert_clean({"ours": "".join(traceback.format_exception(caught.value, chain=False))})
