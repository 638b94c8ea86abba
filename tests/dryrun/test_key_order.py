"""Dicts whose keys JavaScript reorders: a dry run finds the places at which Nango ends the script."""

from __future__ import annotations

import json

import pytest

from nangonb._dryrun import Dryrun
from nangonb._project import Problem
from tests.programs.node import in_node
from tests.translate.rows.cases import INPUT, Case
from tests.translate.rows.traps import CARRIED, ELSEWHERE
from tests.world import YAML, World

#: Bodies of actions at which both must say the same: what goes through a dict, and what only holds one.
BODIES = [
    *dict.fromkeys(
        body
        for group in (*CARRIED.values(), *ELSEWHERE.values())
        for body in group
        if any(f'"{key}"' in body for key in ("1", "2", "10", "4294967295")) or "str(r[" in body
    ),
    'd = {}\nfor r in input["rows"]:\n    d[str(r["n"])] = r\nfor k, v in d.items():\n    nango.log(k)\nreturn 1',
    'd = {str(r["n"]): r for r in input["rows"]}\nreturn [v["n"] for v in d.values()]',
    'd = {}\nfor r in input["rows"]:\n    d.setdefault(str(r["n"]), []).append(1)\nreturn list(d)',
    'd = {}\nfor r in input["rows"]:\n    d[str(r["n"])] = 1\nreturn d',
    'd = {}\nfor r in input["rows"]:\n    d[str(r["n"])] = 1\nreturn [d["1"], len(d), "2" in d, d.get("3")]',
    'd = {"2": 1, "1": 2}\nreturn sorted(d)',
    'd = {"2": 1, "1": 2}\nreturn sorted(d.keys(), reverse=True)',
    'd = {"2": 1, "1": 2}\nreturn [f"{k}{v}" for k, v in sorted(d.items())]',
    'd = {"2": 1, "1": 2}\nreturn sorted(d.values())',
    'd = {"2": 1, "1": 2}\nreturn sorted(d, key=lambda k: 1)',
    'd = {"4294967296": 1, "4294967295": 2}\nreturn list(d)',
    'd = {"4294967294": 1, "a": 2}\nreturn list(d)',
    'd = {"01": 1, "-1": 2, "1.5": 3, "": 4}\nreturn list(d)',
    'd = {"1": 1}\nreturn list(d)',
    'c = Counter(["2", "1", "2"])\nreturn [k for k, n in c.most_common()]',
    'groups = defaultdict(list)\nfor w in ["2", "1"]:\n    groups[w].append(1)\nreturn list(groups.values())',
    'd = {"2": {"a": 1}, "a": {"2": 1, "1": 2}}\nreturn json.dumps(d, sort_keys=True)',
]  # fmt: skip


def key_order(ran: Dryrun) -> list[Problem]:
    return [each for each in ran.problem_list if each.code == "key-order"]


def test_a_dry_run_and_nango_agree(acme: World) -> None:
    acme.cell(YAML)
    cases = []
    for body in BODIES:
        case = Case(body)
        translated = case.translated()
        if translated.ok and "nango.get" not in body and "nango.post" not in body:
            cases.append((body, case, translated.code))
    results, _ = in_node([code for *_, code in cases], INPUT)
    wrong, ended = [], 0
    for (body, case, _), said in zip(cases, results, strict=True):
        acme.session.declare(f"%%nango_action do-it --integration-id acme\n{case.script}", label="Cell In[2]")
        ran = acme.session.dryrun("do-it", "conn-1", input=json.loads(json.dumps(INPUT)))
        ends = "The order of keys" in said.get("error", "")
        ended += ends
        if bool(key_order(ran)) is not ends or ("error" in said) is not ends:
            wrong.append(f"{body}\n  dry run {ran.problem_list}\n  Node {said}")
    assert not wrong, "\n".join(wrong)
    assert ended > 15 and len(cases) - ended > 10


def test_it_is_said_once_at_its_place_under_the_mark_of_doubt(acme: World) -> None:
    ran = acme.sync(
        "by_id = {}\nfor number in [101, 7, 12]:\n    by_id[str(number)] = number\n"
        "for _ in range(2):\n    for key, value in by_id.items():\n        nango.log(key)"
    )
    (problem,) = key_order(ran)
    assert (problem.severity, problem.place and (problem.place.source, problem.place.line)) == (
        "error",
        ("Cell In[2]", 7),
    )
    assert problem.place is not None and problem.place.text.strip() == "for key, value in by_id.items():"
    assert "LimitError" in problem.message and "sorted" in problem.hint
    assert ran.state == "succeeded" and list(ran.logs["message"])[:3] == ["101", "7", "12"]
    assert str(ran).startswith("▲")


def test_in_a_module_at_its_own_line(acme: World) -> None:
    acme.cell(
        "%%nango_module helper\ndef names(found):\n    return [name for name in found]\n", label="Cell In[9]"
    )
    ran = acme.sync(
        "nango.log(','.join(names({'2': 1, '1': 2})))", head="from nangonb.modules.helper import names\n"
    )
    assert [str(each.place) for each in key_order(ran)] == ["Cell In[9], line 3, column 30"]


@pytest.mark.parametrize(
    "body",
    [
        "found = {'a': 1, 'b': 2}\nnango.log(','.join(found))\nfor key in found.items():\n    pass",
        "class Own:\n    def items(self):\n        return [1]\n    def keys(self):\n        return 5\n"
        "nango.log(str(list(Own().items())), str(Own().keys()))",
        "found = {'a': []}\nfound['a'].append(found)\ndeep = []\nfor _ in range(5000):\n    deep = [deep]\n"
        "for shown in (found, deep):\n    try:\n        nango.log(shown)\n    except Exception:\n        pass",
        "first, *rest = [*range(3)]\nnango.log(str(sum(x for x in rest)), str(max([1, 2], key=lambda x: -x)))",
    ],
)
def test_what_is_right_stays_as_it_is(acme: World, body: str) -> None:
    assert key_order(acme.sync(body)) == []
