"""Canaries under many names of secrets, in every place where a script has or sends one, and echoed in every
form; then all that comes out and all that is written is searched for them."""

from __future__ import annotations

import ast
import base64
import html
import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, quote_plus

import pytest

from nangonb._dryrun import Dryrun
from nangonb.errors import ScriptError
from tests.cli.conftest import Run, folder
from tests.dryrun.test_canaries import outputs
from tests.scripted import Answer, Asked, ScriptedNango
from tests.world import YAML, World, shown

NAMES = [
    "api_token", "apiToken", "slack_token", "MY_TOKEN", "STRIPE_KEY", "stripeKey", "my-key",
    "signing_key", "signingKey", "DB_PASS", "dbPass", "subscription-key", "Ocp-Apim-Subscription-Key",
    "client_secret", "clientSecret", "password", "passwd", "user_pwd", "api_key", "apiKey", "X-Api-Key",
    "access_key", "secret_access_key", "private_key", "access_token", "refreshToken", "id_token",
    "X-Auth-Token", "csrfToken", "jwt", "session_token", "passphrase", "webhook_secret",
    "encryptionKey", "DD-API-KEY", "x-vault-token", "page_access_token", "token_secret", "password2",
    "OPENAI_API_KEY", "verify_token",
]  # fmt: skip
# in a body, these are ordinary fields
SENT_ONLY = [
    "key", "auth", "sig", "signature", "pass", "ACME_KEY",
]  # fmt: skip
PLACES = [
    "params", "url", "header", "body", "form", "variable",
]  # fmt: skip
MARK = "cnry"

# No canary is a literal of the script: its lines are shown where it fails.
SCRIPT = f"""
from urllib.parse import quote
names, sent_only = {NAMES!r}, {SENT_ONLY!r}
def values(place, names):
    mark = ''.join(['cn', 'ry'])
    return {{name: f'{{mark}}{{place[0]}}{{n:02d}}-9f8e7d6&c<b>"a"/+5=x' for n, name in enumerate(names)}}
def pairs(values):
    return '&'.join(f"{{name}}={{quote(value, safe='')}}" for name, value in values.items())
every = [*names, *sent_only]
echoed = [
    nango.get('/items', params=values('params', every)).data,
    nango.get('/items?' + pairs(values('url', every))).data,
    nango.get('/items', headers=values('header', every)).data,
    nango.post('/items', data=values('body', names)).data,
    nango.post('/items', data=pairs(values('form', every)),
        headers={{'Content-Type': 'application/x-www-form-urlencoded'}}).data,
]
for variable in nango.get_environment_variables():
    nango.log(variable['name'], variable['value'], repr(variable['value']), quote(variable['value']))
    echoed.append(nango.get('/echo', params={{'q': variable['value']}}).data)
for echo in echoed:
    nango.log(echo['forms'])
    nango.log(echo)
nango.batch_save([{{'id': str(n), 'name': str(echo['forms'])}} for n, echo in enumerate(echoed)], 'Contact')
"""
FAILS = """
try:
    nango.get('/fail', params=values('params', every))
except Exception as error:
    raise ValueError(f"{echoed[0]['forms']} {values('url', every)}") from error
"""


def value(place: str, number: int) -> str:
    return f'{MARK}{place[0]}{number:02d}-9f8e7d6&c<b>"a"/+5=x'


def forms(secret: str) -> list[str]:
    content = secret.encode()
    return [
        secret,
        base64.b64encode(content).decode(),
        base64.b64encode(b"ada:" + content).decode(),
        base64.urlsafe_b64encode(b"a:" + content + b":z").decode(),
        repr(secret),
        repr(f"it's {secret}"),
        json.dumps(secret),
        json.dumps(json.dumps({"said": secret})),
        html.escape(secret),
        html.escape(json.dumps(secret)),
        quote(secret),
        quote(secret, safe=""),
        quote_plus(secret),
        quote(json.dumps(secret)),
    ]


def values_of(asked: Asked) -> list[str]:
    """Everything in a request that is a canary."""
    found = [each for _, each in asked.query] + list(asked.headers.values())
    if asked.body:
        is_json = asked.body.startswith(b"{")
        found += asked.json.values() if is_json else [each for _, each in parse_qsl(asked.body.decode())]
    return [each for each in found if MARK in each]


def echo(asked: Asked) -> Answer:
    sent = values_of(asked)
    body = {
        "forms": " | ".join(form for each in sent for form in forms(each)),
        "page": {"next_page_token": "p2"},
    }
    headers = {"x-request-echo": quote(sent[0]) if sent else "none", "x-next-page": "2", "set-cookie": "a=b"}
    return Answer(body, 400 if asked.path == "/fail" else 200, headers)


def plant(scripted: ScriptedNango) -> None:
    scripted.variables = [
        {"name": name, "value": value("variable", n)} for n, name in enumerate([*NAMES, *SENT_ONLY])
    ]
    scripted.answers = [echo] * 300


def needles() -> dict[str, list[str]]:
    """What no output may hold, by canary: the text before its first special character, and its base64."""
    found = {}
    for place in PLACES:
        for number in range(len(NAMES) + len(SENT_ONLY)):
            secret = value(place, number)
            core = secret.partition("&")[0].encode()
            shifted = [
                base64.b64encode(bytes(shift) + core)[
                    -(-8 * shift // 6) : 8 * (shift + len(core)) // 6
                ].decode()
                for shift in range(3)
            ]
            found[secret] = [core.decode(), *shifted]
    return found


def assert_clean(texts: dict[str, str]) -> None:
    everything = "\n".join(texts.values())
    if MARK not in everything:
        marks = [needle for each in needles().values() for needle in each[1:]]
        leaks = [(name, mark) for name, text in texts.items() for mark in marks if mark in text]
    else:
        leaks = [
            (name, text[max(text.find(MARK) - 80, 0) :][:200]) for name, text in texts.items() if MARK in text
        ]
    assert leaks == []


def test_there_are_enough_of_them() -> None:
    assert len(NAMES) >= 40 and len(PLACES) == 6 and len(forms("x")) >= 6


def test_all_that_a_command_prints_and_writes(acme_run: Run, scripted: ScriptedNango) -> None:
    texts: dict[str, str] = {}

    def run(*words: str, code: int = 0) -> str:
        plant(scripted)
        done = acme_run(*words)
        assert done.code == code, done
        texts[" ".join(words)] = done.out + done.err
        return done.out

    project = folder(SCRIPT)
    run("dryrun", project, "contacts", "conn-1")
    document = json.loads(run("dryrun", project, "contacts", "conn-1", "--json"))
    assert len(document["records"]["Contact"]) == 5 + len(NAMES) + len(SENT_ONLY)
    assert "****" in document["records"]["Contact"][0]["name"]
    run("dryrun", project, "contacts", "conn-1", "--save-responses")
    run("test", project)
    run("test", project, "--json")
    run("export", project, "out", "--layout", "python")
    folder(SCRIPT + FAILS)
    run("dryrun", project, "contacts", "conn-1", code=12)
    run("dryrun", project, "contacts", "conn-1", "--json", code=12)
    files = {str(path): path.read_text() for path in Path().rglob("*") if path.is_file()}
    assert "out/acme/tests/contacts.test.json" in files
    decoded = {
        f"{name} decoded": str(json.loads(text)) for name, text in files.items() if name.endswith("json")
    }
    assert_clean({**texts, **files, **decoded})
    saved = json.loads(files["out/acme/tests/contacts.test.json"])
    first = saved["api"]["get"]["/items"][0]
    assert set(first["request"]["params"].values()) == {"****"}
    assert first["headers"]["x-next-page"] == "2"
    assert first["headers"]["x-request-echo"] == "****"
    assert first["response"]["page"] == {"next_page_token": "p2"}


def test_all_that_a_notebook_shows(acme: World, scripted: ScriptedNango, tmp_path: Path) -> None:
    def every(result: Dryrun) -> dict[str, str]:
        found = outputs(result)
        found["file"] = result.save_responses(tmp_path / "saved.test.json").read_text()
        return found

    plant(scripted)
    assert_clean(every(acme.sync(SCRIPT)))
    plant(scripted)
    error = acme.fails(SCRIPT + FAILS)
    assert_clean({**every(error.dryrun), "shown": shown(error), "message": str(error)})


@pytest.mark.parametrize("place", ["getConnection", "integration", "connection config", "metadata"])
def test_credentials_of_every_kind(acme: World, scripted: ScriptedNango, place: str) -> None:
    secret = value("credential", 7)
    connection: dict[str, Any] = {
        "id": 1, "connection_id": "conn-1", "provider_config_key": "acme", "provider": "acme", "metadata": {},
        "connection_config": {},
    }  # fmt: skip
    credentials = {"type": "BASIC", "username": "ada", "password": secret}
    match place:
        case "getConnection":
            connection["credentials"] = credentials
            use = "nango.get_connection()['credentials']['password']"
        case "integration":
            data = {"unique_key": "acme", "credentials": {"client_id": "x", "client_secret": secret}}
            scripted.api["/integrations/acme"] = Answer({"data": data})
            use = "nango.get_integration(include=['credentials'])['credentials']['client_secret']"
        case "connection config":
            connection["connection_config"] = {"signing_key": secret}
            use = "nango.get_connection()['connection_config']['signing_key']"
        case _:
            connection["metadata"] = {"webhookSecret": secret}
            use = "nango.get_metadata()['webhookSecret']"
    scripted.api["/connections/conn-1"] = Answer(connection)
    scripted.answers = [echo] * 5
    body = f"it = {use}\nsaid = nango.get('/a', params={{'q': it}}).data\nnango.log(it, said, repr(it))\n"
    found = outputs(acme.sync(body + "nango.batch_save([{'id': it, 'name': said['forms']}], 'Contact')"))
    assert_clean(found)
    scripted.answers = [echo] * 5
    error = acme.fails(body + "raise ValueError(said['forms'])")
    assert_clean({**outputs(error.dryrun), "shown": shown(error)})


def test_basic_credentials_without_a_password(acme: World, scripted: ScriptedNango) -> None:
    key = "cnry-key-as-user-0001"
    credentials = {"type": "BASIC", "username": key, "password": ""}
    scripted.api["/connections/conn-1"] = Answer(
        {"id": 1, "connection_id": "conn-1", "provider_config_key": "acme", "provider": "acme",
         "metadata": {}, "credentials": credentials}
    )  # fmt: skip
    pair = base64.b64encode(f"{key}:".encode()).decode()
    scripted.answers = [Answer({"said": f"{key} {pair}"})]
    result = acme.sync("nango.log(nango.get('/a').data, nango.get_connection()['credentials']['username'])")
    assert result.logs["message"].str.contains("\\*{4}").all()
    assert pair.rstrip("=") not in str(outputs(result)) and MARK not in str(outputs(result))


REPLAYED = """
from urllib.parse import quote
connection = nango.get_connection()
token = connection['credentials']['access_token']
pages, cursor = [], None
while True:
    found = nango.get(f'/bot{quote(token, safe="")}/items',
        params={'api_token': token, 'page_token': cursor, 'key': 'literal-key-0001', 'sig': token[::-1]}).data
    pages.append(found['items'])
    cursor = found.get('next_page_token')
    if not cursor:
        break
nango.post('/login', data={'password': 123456789, 'user': 'ada', 'api_token': token, 'long': 'x' * 2000})
nango.uncontrolled_fetch(connection['connection_config']['url'] + '?api_token=' + quote(token, safe=""))
nango.batch_save([{'id': str(n)} for page in pages for n in page], 'Contact')
"""


def test_what_is_masked_is_found_again(acme_run: Run, scripted: ScriptedNango) -> None:
    token = value("token", 1)
    scripted.api["/connections/conn-1"] = Answer(
        {"id": 1, "connection_id": "conn-1", "provider_config_key": "acme", "provider": "acme",
         "metadata": {}, "credentials": {"type": "API_KEY", "apiKey": token, "access_token": token},
         "connection_config": {"url": f"{scripted.url}/elsewhere"}}
    )  # fmt: skip
    page = "CAESBxjPage-0123456789abcdef"
    scripted.answers = [{"items": [1, 2], "next_page_token": page}, {"items": [3]}, {"ok": True}]
    project = folder(REPLAYED)
    assert acme_run("dryrun", project, "contacts", "conn-1", "--save-responses").code == 0
    path = Path(project, "acme/tests/contacts.test.json")
    assert_clean({"file": path.read_text()})
    saved = json.loads(path.read_text())
    [(endpoint, entries)] = saved["api"]["get"].items()
    assert endpoint == "/bot****/items"
    assert entries[0]["response"] == {"items": [1, 2], "next_page_token": page}
    assert entries[1]["request"]["params"] == {
        "api_token": "****", "key": "****", "page_token": page, "sig": "****"
    }  # fmt: skip
    replayed = acme_run("test", project)
    assert replayed.code == 0, replayed
    # a record that differs is seen all the same
    saved["nango"]["batchSave"]["Contact"][2]["id"] = "4"
    path.write_text(json.dumps(saved))
    assert acme_run("test", project).code == 12


def test_numbers_and_documents_stay_json(acme_run: Run, scripted: ScriptedNango) -> None:
    scripted.variables = [{"name": "DB_PASS", "value": "4711"}, {"name": "USE_TOKEN", "value": "true"}]
    body = (
        "nango.get_environment_variables()\n"
        "nango.batch_save([{'id': '1', 'age': 4711, 'n': 147110, 'active': True}], 'Contact')"
    )
    done = acme_run("dryrun", folder(body), "contacts", "conn-1", "--json")
    [record] = json.loads(done.out)["records"]["Contact"]
    assert record == {"id": "1", "age": "****", "n": 147110, "active": True}
    assert ast.literal_eval(repr(record)) == record


def test_a_secret_that_is_cut(acme: World, scripted: ScriptedNango) -> None:
    body = "token = nango.get_connection()['credentials']['access_token']\n"
    result = acme.sync(body + "nango.batch_save([{'id': '1', 'age': 'x' * 50 + token}], 'Contact')")
    assert "canary" not in result.validation["got"][0]
    error = acme.fails(body + "raise ValueError('x' * 275 + token)")
    assert "canary-" not in str(outputs(error.dryrun))


def test_the_token_of_a_login(acme: World, scripted: ScriptedNango) -> None:
    token = value("login", 1)
    scripted.answers = [Answer({"access_token": token, "token_type": "Bearer", "expires_in": 60}), echo]
    body = (
        "token = nango.post('/login', data={'grant_type': 'client_credentials'}).data['access_token']\n"
        "nango.log('got', token)\nnango.log(nango.get('/a', params={'q': token}).data)\n"
    )
    error = acme.fails(body + "raise KeyError(token)")
    assert_clean({**outputs(error.dryrun), "shown": shown(error)})


def test_the_nearest_request_says_no_secret(acme_run: Run, scripted: ScriptedNango) -> None:
    scripted.answers = [[]]
    body = "mark = ''.join(['cn', 'ry'])\nnango.get('/a', params={'sig': mark + 's1', 'page': 1})"
    assert acme_run("dryrun", folder(body), "contacts", "conn-1", "--save-responses").code == 0
    done = acme_run("test", folder(body.replace("'page': 1", "'page': 2")))
    assert done.code == 12 and "page is '1', not '2'" in done.out, done
    assert_clean({"out": done.out + done.err})


def test_a_preview_of_records(acme: World) -> None:
    result = acme.sync("nango.batch_save([{'id': '1', 'api_token': 'abc', 'name': 'Ada'}], 'Contact')")
    assert "abc" not in str(result) and "Ada" in str(result)
    assert result.df["api_token"].tolist() == ["abc"]  # the records are the user's


TYPESCRIPT = """
const mark = ["cn", "ry"].join("");
const token = mark + 'T99-9f8e7d6&c<b>"a"/+5=x';
const params = { api_token: token, apiToken: token, page: 1 };
const found = (await nango.get({ endpoint: "/items", params, headers: { "X-Api-Key": token } })).data;
console.log(token, params);
await nango.log(JSON.stringify(JSON.stringify(params)), Buffer.from(`ada:${token}`).toString("base64"));
await nango.log(found.forms, encodeURIComponent(token), params);
"""


@pytest.mark.parametrize(
    "end",
    [
        "",
        "throw new Error(`no ${found.forms} ${token}`);",
        "throw new nango.ActionError({ message: found.forms, api_token: token });",
        "await nango.get({ endpoint: '/fail', params });",
        "nango[token].x();",
        "process.nextTick(() => { throw new Error(token); }); await new Promise(() => {});",
    ],
)
def test_a_script_in_typescript(acme: World, scripted: ScriptedNango, end: str) -> None:
    scripted.answers = [echo] * 3
    acme.cell(YAML)
    acme.cell(
        "%%nango_sync_ts contacts\n"
        f"export default async function fetchData(nango: any): Promise<void> {{{TYPESCRIPT}{end}\n}}"
    )
    if not end:
        assert_clean(outputs(acme.session.dryrun("contacts", "conn-1")))
        return
    with pytest.raises(ScriptError) as caught:
        acme.session.dryrun("contacts", "conn-1")
    assert_clean({**outputs(caught.value.dryrun), "shown": shown(caught.value), "text": str(caught.value)})


def test_pages_whose_token_is_masked(acme_run: Run, scripted: ScriptedNango) -> None:
    tokens = ["CAESBxjPage0123456789", "CAESBxjPage9876543210", ""]
    scripted.answers = [{"items": [n], "token": token} for n, token in enumerate(tokens)]
    body = """
token = None
while token != '':
    found = nango.get('/a', params={'token': token} if token else {}).data
    nango.batch_save([{'id': str(n)} for n in found['items']], 'Contact')
    token = found['token']
"""
    project = folder(body)
    assert acme_run("dryrun", project, "contacts", "conn-1", "--save-responses").code == 0
    assert "CAESBxj" not in Path(project, "acme/tests/contacts.test.json").read_text()
    replayed = acme_run("test", project)
    assert replayed.code == 0, replayed
