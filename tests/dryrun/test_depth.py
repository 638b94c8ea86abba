"""JSON that is nested too deeply is an error that says so, in both hosts, and hides no other error."""

from __future__ import annotations

import json
import re

import pytest

from nangonb._dryrun.document import pieces
from nangonb._text import LEVELS
from nangonb.errors import ApiError, HTTPError, NetworkError, ScriptError, SDKError
from tests.dryrun.typescript.test_scripts import action as typescript
from tests.dryrun.typescript.test_scripts import sync as typescript_sync
from tests.hostile import DEEP
from tests.scripted import Answer, ScriptedNango
from tests.world import World, shown

SAID = f"the JSON is nested too deeply: more than {LEVELS} levels"
#: From what every part can work through to what none can.
DEPTHS = (LEVELS - 1, LEVELS + 1, 450, 900, 1_030, 5_000, 100_000)


def nested(depth: int, *, objects: bool = False) -> bytes:
    return b'{"a":' * depth + b"1" + b"}" * depth if objects else b"[" * depth + b"]" * depth


class TestInPython:
    def test_an_answer(self, acme: World, scripted: ScriptedNango) -> None:
        scripted.answers = [DEEP]
        error = acme.fails("nango.batch_save([{'id': 'kept'}], 'Contact')\nnango.get('/a').data")
        assert isinstance(error.__cause__, SDKError) and error.__cause__.code == "nested_too_deeply"
        assert SAID in shown(error) and "response_type='text'" in shown(error)
        assert error.dryrun.records == {"Contact": [{"id": "kept"}]}

    @pytest.mark.parametrize("depth", DEPTHS)
    def test_the_answer_to_a_write_that_nobody_reads(
        self, acme: World, scripted: ScriptedNango, depth: int
    ) -> None:
        """It is looked at for the token of a login."""
        scripted.answers = [Answer(nested(depth))]
        assert acme.action("return nango.post('/a', data={}).status") == 200

    def test_as_text_it_can_be_had(self, acme: World, scripted: ScriptedNango) -> None:
        scripted.answers = [DEEP]
        assert acme.action("return len(nango.get('/a', response_type='text').data)") == len(DEEP)

    @pytest.mark.parametrize("depth", DEPTHS)
    def test_a_refused_request_stays_one(self, acme: World, scripted: ScriptedNango, depth: int) -> None:
        scripted.answers = [Answer(nested(depth, objects=True), 400)]
        error = acme.fails("nango.get('/a')")
        assert isinstance(error.__cause__, HTTPError) and error.__cause__.status == 400
        assert isinstance(error.__cause__.data, dict if depth <= LEVELS else str)
        document = json.loads(b"".join(pieces(error.dryrun)))
        assert document["error"]["status"] == 400
        assert str(error.dryrun.request(1)) and error.dryrun.request(1)._repr_mimebundle_()

    @pytest.mark.parametrize("depth", DEPTHS)
    def test_whatever_the_depth_a_run_ends_with_a_result(
        self, acme: World, scripted: ScriptedNango, depth: int
    ) -> None:
        scripted.answers = [nested(depth)]
        try:
            result = acme.sync(
                "data = nango.get('/a').data\nnango.batch_save([{'id': '1', 'name': data}], 'Contact')"
            )
        except ScriptError as error:
            assert "too deeply" in shown(error) and "RecursionError" not in shown(error)
            result = error.dryrun
        assert str(result) and result._repr_mimebundle_() and b"".join(pieces(result))
        assert str(result.request(1)) and result.request(1)._repr_mimebundle_()

    def test_a_recursion_of_the_script_is_its_own(self, acme: World, scripted: ScriptedNango) -> None:
        scripted.answers = [{"a": [1]}]
        error = acme.fails(
            "def deeper(response, n):\n    return deeper(response, n + 1)\ndeeper(nango.get('/a'), 0)"
        )
        assert isinstance(error.__cause__, RecursionError)

    def test_an_answer_of_nangos_own_api(self, acme: World, scripted: ScriptedNango) -> None:
        for status, said in ((200, "too deeply"), (400, "answered 400")):
            scripted.api["/environment-variables"] = Answer(DEEP, status)
            error = acme.fails("nango.get_environment_variables()")
            assert isinstance(error.__cause__, HTTPError) and error.__cause__.status == status
            assert said in json.dumps(error.dryrun.error_json) or said in shown(error)

    @pytest.mark.parametrize("status", [200, 400, 500])
    def test_the_connections(self, acme: World, scripted: ScriptedNango, status: int) -> None:
        scripted.api["/connections"] = Answer(nested(1000, objects=True), status)
        with pytest.raises((ApiError, NetworkError)):
            acme.session.connections()

    def test_a_fetch(self, acme: World, scripted: ScriptedNango) -> None:
        scripted.answers = [DEEP]
        error = acme.fails(
            f"nango.uncontrolled_fetch('{scripted.url}/proxy/a', "
            f"headers={{'authorization': 'Bearer {scripted.key}'}}).json()"
        )
        assert SAID in shown(error)


class TestInTypeScript:
    def test_an_answer(self, acme: World, scripted: ScriptedNango) -> None:
        scripted.answers = [DEEP]
        with pytest.raises(ScriptError) as caught:
            typescript(acme, "return (await nango.get({ endpoint: '/a' })).data;")
        assert SAID in shown(caught.value) and "RangeError" not in shown(caught.value)

    def test_a_refused_request_stays_one(self, acme: World, scripted: ScriptedNango) -> None:
        scripted.answers = [Answer(DEEP, 400)] * 2
        with pytest.raises(ScriptError) as caught:
            typescript(acme, "await nango.get({ endpoint: '/a' });")
        assert isinstance(caught.value.__cause__, HTTPError) and caught.value.__cause__.status == 400
        body = "try { await nango.get({ endpoint: '/a' }); } catch (e: any) { return e.response.status; }"
        assert typescript(acme, body) == 400

    @pytest.mark.parametrize("depth", [LEVELS + 1, 3_000, 100_000])
    @pytest.mark.parametrize(
        "body",
        [
            "return deep;",
            "await nango.batchSave([{ id: '1', name: deep as any }], 'Contact');",
            "await nango.post({ endpoint: '/a', data: deep });",
            "await nango.updateMetadata({ a: deep } as any);",
            "await nango.log(deep as any); await nango.setMetadata({ a: deep } as any);",
            "throw new (nango as any).ActionError({ a: deep });",
        ],
    )
    def test_what_a_script_hands_over(
        self, acme: World, scripted: ScriptedNango, depth: int, body: str
    ) -> None:
        scripted.answers = [{}]
        made = f"let deep: any = []; for (let n = 0; n < {depth}; n++) {{ deep = [deep]; }}\n"
        try:
            typescript_sync(acme, made + body)
            assert depth == LEVELS + 1
        except ScriptError as error:
            assert re.search("too deeply|ActionError", shown(error)), shown(error)
            assert "RangeError" not in shown(error) and "RecursionError" not in shown(error)
        assert typescript(acme, "return 'the process lives';") == "the process lives"
