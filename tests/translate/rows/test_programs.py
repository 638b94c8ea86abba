"""Small programs at the places where Python and JavaScript part: equal, loud, or refused."""

from __future__ import annotations

from tests.programs.node import in_node
from tests.translate.rows.cases import INPUT, Case, same

#: Programs as lines; each is the body of an action.
PROGRAMS = [
    'a, b = 1, 2\na, b = b, a\nreturn [a, b]',
    'x = 1\nfor _ in range(60):\n    x = x + x\nreturn str(x)',
    'x = 1\nfor _ in range(60):\n    x += x\nreturn str(x)',
    'a, b = 0, 1\nfor _ in range(90):\n    a, b = b, a + b\nreturn str(a)',
    'n = 7\nn //= 2\nreturn n',
    'n = 7\nn %= 4\nreturn n',
    'n = 7\nn **= 2\nreturn n',
    "d = {}\nfor r in input['rows']:\n    d[str(r['n'])] = r\nreturn list(d)",
    "d = {}\nfor r in input['rows']:\n    d[r['n']] = 1\nreturn len(d)",
    "d = {'n': 1}\nd['n'] += 1\nreturn d",
    'xs = [1]\nys = xs\nys.append(2)\nreturn xs',
    'xs = [1]\nys = xs + [2]\nxs += [3]\nreturn [xs, ys]',
    "xs = [1]\nxs += input['words']\nreturn xs",
    "return [k for k in input['dict']]",
    "return [c for c in input['text']]",
    "out = []\nfor c in input['text']:\n    out.append(c)\nreturn out",
    "return 1 < input['five'] <= 5",
    "return sorted(input['list'])",
    "return [x for x in input['numbers'] if x > 1]",
    "return {w: len(w) for w in input['words']}",
    "s = ''\nfor w in input['words']:\n    s += w\nreturn s",
    "total = 0\nfor n in input['numbers']:\n    total += n\nreturn total",
    "total = 0\nfor n in input['numbers']:\n    total += n\nreturn str(total)",
    "total = 0.0\nfor n in input['numbers']:\n    total += n\nreturn f'{total:.2f}'",
    "x = input['none'] or {}\nreturn x.get('a', 3)",
    "x = input['dict'].get('b', {}).get('c', [])\nreturn x[0]",
    "return (input.get('none') or 'z').upper()",
    "return input.get('text', '').lower()",
    "return input.get('missing', 'x')",
    "d = dict(input['dict'])\nreturn d.get('toString')",
    "d = dict(input['dict'])\nreturn 'constructor' in d",
    "if (n := len(input['words'])) > 2:\n    return n\nreturn 0",
    'x = [[0] * 2] * 2\nx[0][0] = 1\nreturn x',
    'f = lambda x: x + 1\nreturn f(2)',
    "return ', '.join(str(x) for x in input['numbers'])",
    "return ', '.join(f'{k}={v}' for k, v in input['dict'].items() if k == 'a')",
    "try:\n    return input['list'][10]\nexcept IndexError:\n    return 'none'",
    "try:\n    return input['dict']['zz']\nexcept KeyError:\n    return 'none'",
    "try:\n    return int('x')\nexcept ValueError:\n    return 0",
    "try:\n    return 1 / input['zero']\nexcept ZeroDivisionError:\n    return 0",
    "try:\n    return input['none']['a']\nexcept TypeError:\n    return 0",
    "try:\n    return input['none'].get('a')\nexcept AttributeError:\n    return 0",
    "try:\n    return input['none'].get('a')\nexcept Exception:\n    return 0",
    "try:\n    return input['five'].lower()\nexcept Exception:\n    return 0",
    "try:\n    return input['list'].lower()\nexcept Exception:\n    return 0",
    "try:\n    return [x for x in input['five']]\nexcept Exception:\n    return 0",
    "try:\n    return [x for x in input['dict']]\nexcept Exception:\n    return 0",
    "try:\n    return [k for k, v in input['list']]\nexcept Exception:\n    return 0",
    "try:\n    a, b = input['list']\n    return a\nexcept Exception:\n    return 0",
    "try:\n    a, b = input['word'].split('b', 1)\n    return [a, b]\nexcept ValueError:\n    return 0",
    "a, b = input['word'].split('b', 1)\nreturn [a, b]",
    "a, b = input['rows'][:2]\nreturn [a, b]",
    "try:\n    return input['text'] > 5\nexcept TypeError:\n    return 0",
    "try:\n    return max(input['list'])\nexcept TypeError:\n    return 0",
    "try:\n    return ','.join(input['list'])\nexcept TypeError:\n    return 0",
    "try:\n    return ','.join(input['words'])\nexcept TypeError:\n    return 0",
    "try:\n    return len(input['five'])\nexcept TypeError:\n    return 0",
    "try:\n    return {**input['list']}\nexcept TypeError:\n    return 0",
    "try:\n    return [*input['five']]\nexcept TypeError:\n    return 0",
    "try:\n    return set(input['rows'])\nexcept TypeError:\n    return 0",
    "try:\n    return list(input['dict'])\nexcept TypeError:\n    return 0",
    "try:\n    return sum(input['words'])\nexcept TypeError:\n    return 0",
    "try:\n    return [i for i, x in enumerate(input['dict'])]\nexcept TypeError:\n    return 0",
    "try:\n    return any(input['five'])\nexcept TypeError:\n    return 0",
    "try:\n    return sorted(input['text'])\nexcept TypeError:\n    return 0",
    "try:\n    return [x for x in reversed(input['text'])]\nexcept TypeError:\n    return 0",
    "return [x for x in reversed(input['text'])]",
    "return list(map(str, input['numbers']))",
    "return list(map(lambda x: x, input['text']))",
    "return list(filter(None, input['text']))",
    "return list(zip(input['text'], input['words']))",
    "return any(c == 'z' for c in input['text'])",
    "return max(input['text'])",
    "return min(input['text'])",
    "return sum(len(c) for c in input['text'])",
    "return [x for x in input['dict']]",
    "return next((c for c in input['text'] if c == 'z'), None)",
    "return list(enumerate(input['dict']))",
    "return sorted(input['dict'])",
    "return max(input['dict'])",
    "return len(set(input['text']))",
    "return [*input['text']]",
    "return list(input['text'])",
    "return ','.join(input['text'])",
    "return tuple(input['list']) == (1, 'a', None, [2])",
    'return (1, 2) == [1, 2]',
    'return [1, 2] == (1, 2)',
    "return input['list'] == (1, 'a', None, [2])",
    'return (1, 2) in [[1, 2]]',
    'x = (1, 2)\nreturn isinstance(x, list)',
    "x = input['half']\nreturn x % 1",
    "return round(input['half'] * 3.3, 2)",
    "return [input['one'] == True, input['one'] is True]",
    "return {True: 'a'}",
    "return {1: 'a'}",
    "x = None\nfor r in input['rows']:\n    if r['n'] == 1:\n        x = r\nreturn x['n'] if x else None",
    "return input['rows'] and input['rows'][0]['n']",
    "return not input['nothing'] and 'x'",
    "return input['five'] if input['nothing'] else input['half']",
    'return [i * j for i in range(3) for j in range(i)]',
    'x = 5\ndel x\nreturn 1',
    "x = float(input['five'])\nreturn [x]",
    "x = {'a': [1]}\ny = dict(x)\ny['a'].append(2)\nreturn x",
    'x = [1, 2, 3]\nfor i in range(len(x)):\n    x[i] = x[i] * 2\nreturn x',
    'x = [3, 1]\ny = sorted(x)\nx.sort()\nreturn x == y',
    'i = 0\nwhile True:\n    i += 1\n    if i > 3:\n        break\nelse:\n    return 0\nreturn i',
    'for x in [1, 2]:\n    pass\nreturn x',
    'for i in range(3):\n    i = i + 5\nreturn 0',
    'out = []\nfor i in range(3):\n    i += 1\n    out.append(i)\nreturn out',
    'out = []\nfor i in range(5, 0, -1):\n    out.append(i)\nreturn out',
    'n = 3\nout = []\nfor i in range(n):\n    n = 1\n    out.append(i)\nreturn out',
    'xs = [1, 2]\nfor i in range(len(xs)):\n    xs.append(i)\nreturn xs',
    "return '%s-%s' % (1, 2)",
    "return 'a' 'b'",
    'return f\'{input["word"]!r}\'',
    'return str(1.0)',
    "return str(input['five'] / 5)",
    'return f"{input[\'five\'] * 2}"',
    "return json.dumps({'a': input['five'] / 5})",
    'x = input[\'five\'] / 5\nd = {\'x\': x}\nreturn f"{d[\'x\']}"',
    'd = {}\nd[\'x\'] = input[\'five\'] / 5\nreturn f"{d[\'x\']}"',
    'xs = []\nxs.append(input[\'five\'] / 5)\nreturn f"{xs[0]}"',
    "def half(x):\n    return x / 5\ny = half(input['five'])\nreturn f'{y}'",
    'def pack(x) -> dict:\n    return {\'x\': x / 5}\nreturn f"{pack(input[\'five\'])[\'x\']}"',
    "def show(x):\n    return f'{x}'\nreturn show(input['five'] / 5)",
    "return input['list'][0] + input['five'] / 5",
]  # fmt: skip
#: Refused where they stand, since nothing sound can be written for them.
REFUSED = [
    "return (1, 2) == [1, 2]", "return input['list'] == (1, 'a', None, [2])", "return (1, 2) in [[1, 2]]",
    "return str(input['five'] / 5)", "d = {}\nd['x'] = input['five'] / 5\nreturn f\"{d['x']}\"",
    "xs = []\nxs.append(input['five'] / 5)\nreturn f\"{xs[0]}\"", "return json.dumps({'a': input['five'] / 5})",
    "def pack(x) -> dict:\n    return {'x': x / 5}\nreturn f\"{pack(input['five'])['x']}\"", "return {1: 'a'}",
    "for x in [1, 2]:\n    pass\nreturn x", "return [w for w in set(input['words'])]", "return datetime.now().isoformat()",
    "return datetime.today().isoformat()", "return re.search(r'(a)|b\\1', 'b')", "return re.split('x*', 'axb')",
    "return bool(re.search(input['word'], 'a'))", "return re.sub('(a|b)*(?:(c)|d)+', '', 'acd')", "return input['word'].encode('latin-1')",
    "x = hmac.new('k'.encode(), 'm'.encode(), 'md5')\nreturn x.hexdigest()", "return f'{2.5}'", "return input['half'] ** 0.5", "return 'a'.casefold()",
    "return datetime(2024, 1, 1).strftime('%c')", "return [1, 2] * 2.5", "return uuid.uuid4() == input['word']",
    "return [timedelta(1), 1]", "return {'a': timedelta(1)}", "return nango.log({'a', 'b'})",
]  # fmt: skip
#: Iterating over what comes from outside takes it for a list: text and dicts end the script.
LOUD = ("LimitError: ", "TypeError: ")


def test_programs_give_what_python_gives() -> None:
    codes, expected = [], []
    for body in PROGRAMS:
        case = Case(body)
        ok, result = case.in_python()
        translation = case.translated()
        if ok and translation.ok:
            codes.append(translation.code)
            expected.append((body, result))
    assert len(codes) > 70
    results, _ = in_node(codes, INPUT)
    wrong = [
        f"{body}\n    Python {result}\n    Node   {said}"
        for (body, result), said in zip(expected, results, strict=True)
        if not ("value" in said and same(result, said["value"]))
        and not said.get("error", "").startswith(LOUD)
    ]
    assert not wrong, "\n".join(wrong)


def test_what_is_refused() -> None:
    accepted = [body for body in REFUSED if Case(body).translated().ok]
    assert not accepted
