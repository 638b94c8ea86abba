"""What is refused, by code."""

from __future__ import annotations

#: Bodies of ``run_action(nango, input)`` by code; ``>`` marks the line that is refused (or one of two).
BODIES: dict[str, list[str]] = {
    "ts-import": [],
    "ts-module": [],
    "ts-model": [],
    "ts-unknown-name": ["> return something", "x = 1\n> return y", "> return __name__", "> return nango_"],
    "ts-unknown-call": [
        "> return open('x')", "> print('x')", "> return eval('1')", "> exec('1')", "> return hash('a')", "> return id(input)",
        "> return getattr(input, 'x')", "> setattr(input, 'x', 1)", "> return globals()", "> return vars()", "> return dir(input)",
        "> return iter([1])", "> return divmod(7, 2)", "> return super()", "> return ord('a')",
        "> return type(input)", "> return callable(len)", "> return object()", "> __import__('os')",
    ],
    "ts-unknown-method": ["> return 'a'.swapcase()", "> return [1].nothing()", "> return {'a': 1}.popitem()", "> return 'a'.casefold()"],
    "ts-model-field": ["d = {'a': 1}\n> return d['b']"],
    "ts-type": [
        "> return input.pop()", "> x: int = 'a'\nreturn x + 1", "def f(ys):\n>     ys.append(2.0)\nxs = [1]\nf(xs)\nreturn f'{xs[0]}'",
        "xs = [1]\nys = xs\n> ys.append(2.0)\nreturn f'{xs[0]}'", "def f(x: int):\n    return f'{x}'\n> return f(4 / 2)",
        "def f() -> int:\n>     return 4 / 2\nreturn f'{f()}'", "> return isinstance(4 / 2, int)", "> x: 'complex' = 1\nreturn x", "> x: 'does not' = 1\nreturn x",
        "> x: Any = defaultdict(list)\nreturn x", "> x: dict[str, Any] = {'a': defaultdict(int)}\nx['a']['b'] += 1\nreturn x",
    ],
    "ts-operator": [
        "> return (1, 2) == [1, 2]", "> return [1, 2] * 2.5", "> return str(timedelta(1))", "> return 2 @ 3", "xs = [1]\nys = xs\n> ys *= 2\nreturn xs",
        "> return {'a'} <= {'b'}", "> return None < 1", "> return uuid.uuid4() == 'x'", "> return '%s' % 1",
    ],
    "ts-statement": [
        "> assert input", "d = {}\n> d['a'] = x = 1\nreturn d", "> *a, b = [1, 2]\nreturn b", "> foo.a, foo.b = (1, 2)\nreturn 1", "xs = [1]\n> xs[0:1] += [2]\nreturn xs", "xs = [1]\n> xs[0:1] = [2]\nreturn xs", "> for x in [1, 2]:\n    pass\nfor x in [3]:\n    pass\nreturn x", "> for x in [1, 2]:\n    pass\nreturn x",
        "> for x in [1]:\n    pass\nelse:\n    return 1\nreturn 2", "x = 1\n> del x\nreturn 1", "> import math\nreturn 1", "> raise",
        "d = {}\ndef f():\n    d['x'] = 1\n    return 'k'\n> d[f()] = len(d)\nreturn d",
        "d = {'xs': [1]}\n> d['xs'][len(d['xs']) - 1] = d['xs'].pop()\nreturn d",
    ],
    "ts-expression": [
        "> return sorted([1], key=lambda v: (y := -v))",
        "x = ['a']\n> return sorted({'b', *x})",
        "f = 1\n> g = lambda x: x\nreturn 1", "> it = (x for x in [1])\nreturn 1", "> it = map(str, [1])\nreturn list(it)",
        "> it = zip([1], [2])\nreturn list(it)", "d = {'a': 1}\n> ks = d.keys()\nreturn list(ks)", "d = {'a': 1}\n> return d.items()",
        "> e = enumerate([1])\nreturn list(e)", "> e = reversed([1])\nreturn list(e)", "> x = [1].append(2)\nreturn x", "> x = nango.log('a')\nreturn x",
        "def f():\n    pass\n> return f()", "def f():\n    return 5\n> return 1 < f() < 9", "> return [1, ...]", "> return 1j",
        "seen = set()\n> return [x for x in ['a'] if not (x in seen or seen.add(x))]", "> return [y for x in [1, 2] if (y := x)]",
        "> return any(map(lambda x: 1 / x, [1, 0]))", "for x in [1]:\n    pass\n> for y in map(lambda z: 1 / z, [1, 0]):\n    return y\nreturn 0",
    ],
    "ts-class": ["> class A:\n    pass\nreturn 1"],
    "ts-async": ["> return await nango.get('/x')"],
    "ts-yield": ["def f():\n>     yield 1\nreturn list(f())", "def f():\n>     yield from [1]\nreturn list(f())"],
    "ts-with": ["> with input as x:\n    return x"],
    "ts-global": ["> global x\nx = 1\nreturn x", "x = 1\ndef f():\n>     nonlocal x\n    x = 2\n    return x\nreturn f()"],
    "ts-decorator": [],
    "ts-match": ["> match input:\n>     case {'a': 1}:\n        return 1\nreturn 2", "> match input:\n>     case [1, x]:\n        return x\nreturn 2"],
    "ts-mutable-default": [],
    "ts-closure": [
        "n = 1\n> def f():\n    return n\nn = 2\nreturn f()",
    ],
    "ts-changed-while-iterating": [
        "xs = [1, 2]\nfor x in xs:\n>     xs.append(x)\nreturn xs", "xs = [1, 2]\nfor x in xs:\n>     xs[0] = 1\nreturn xs",
        "xs = [1, 2]\nfor i, x in enumerate(xs):\n>     xs.append(x)\nreturn xs", "d = {'a': 1}\nfor k, v in d.items():\n>     d['b'] = v\nreturn d",
        "d = {'a': [1]}\nfor i, x in enumerate(d['a']):\n>     d['a'].append(x)\nreturn d", "xs = [1, 2]\nfor x in reversed(xs):\n>     xs.pop()\nreturn xs",
        "d = {'a': 1}\nfor v in d.values():\n>     d['a'] = 2\nreturn d",
        "xs = input['xs']\nfor ys in [xs]:\n    for i, x in enumerate(xs):\n>         ys.append(x)\nreturn xs",
    ],
    "ts-set-order": ["> return [x for x in {'a', 'b'}]", "> return list({'a', 'b'})", "> for x in {'a', 'b'}:\n    nango.log(x)\nreturn 1", "> return ','.join({'a'})"],
    "ts-dict-key": ["> return {1: 'a'}", "d = {}\n> d[1.5] = 2\nreturn d", "> return {x: 1 for x in [1, 2]}", "> return {'__proto__': 1}", "d = {}\n> d['__proto__'] = 1\nreturn d"],
    "ts-naive-datetime": ["> return datetime.now().isoformat()", "> return datetime.today().isoformat()"],
    "ts-is": ["> return input is 'a'", "x = 1\n> return x is 1", "> return input['one'] is 1", "> return input['one'] is 1.0", "> return input['zero'] is not 0", "x = [1]\n> return x is x"],
    "ts-foreign-error-text": ["try:\n    int('x')\nexcept ValueError as e:\n>     return str(e)", "try:\n    int('x')\nexcept Exception as e:\n>     nango.log(f'{e}')\nreturn 1"],
    "ts-except": [
        "try:\n    return 1\n> except AttributeError:\n    return 2", "try:\n    return 1\n> except:\n    return 2", "try:\n    return 1\n> except OSError:\n    return 2",
        "> raise OSError('x')", "> raise KeyboardInterrupt",
    ],
    "ts-overflow": ["> return 9007199254740993", "> return 123456789012345678901234567890"],
    "ts-float-text": ["> return str(input['a'] / 5)", "> return f'{2.5}'", "> return json.dumps({'a': 4 / 2})", "x: Any = 4 / 2\n> return f'{x}'"],
    "ts-lazy-sdk-call": [
        "def f(p):\n    return nango.get(p).status\n> return list(map(f, ['/a']))",
        "def f(p):\n    return nango.get(p).status\n> return sorted(['/a'], key=f)", "> x = nango.paginate('/x')\nreturn 1",
    ],
    "ts-keyword": [
        "> return sorted([1], cmp=1)", "> nango.log('a', colour='red')\nreturn 1", "> return nango.get('/a', timeout=5).data",
        "> return json.dumps({'a': 1}, default=str)", "def f(a, b):\n    return a\n> return f(b=nango.get('/a').status, a=nango.get('/b').status)", "def f(a):\n    return a\n> return f(*[1])",
        "> return list(zip([1], [2], strict=True))",
        "> return nango.get_token('x')", "> nango.try_acquire_lock(key='a')\nreturn 1", "> return nango.get_connection(force=True)",
        "> return nango.trigger_action(connection_id=nango.get('/a').data, provider_config_key=nango.get('/b').data, action_name='c')",
    ],
    "ts-regex": ["> return re.findall(r'(a)|b\\1', 'b')", "> return re.findall(input, 'a')", "> return re.split('x*', 'axb')", "> return re.sub('(a|b)*(?:(c)|d)+', '', 'acd')"],
    "ts-not-json": ["> return {'a'}", "> return {'a': timedelta(1)}", "> nango.log({'a', 'b'})\nreturn 1", "> nango.post('/a', data=timedelta(1))\nreturn 1"],
    "ts-sdk": ["> nango.trigger()\nreturn 1", "> return nango.nothing_like_this()", "> nango.batch_save([], 'Contact')\nreturn 1", "> nango.track_deletes_start('Contact')\nreturn 1", "> return nango.get_flow_attributes()"],
    "ts-newer": [
        "> nango.save_checkpoint({'page': 1})\nreturn 1", "> return nango.get_checkpoint()", "> nango.release_all_locks()\nreturn 1", "> return nango.is_cli",
        "> return nango.get('/a', decompress=True).data", "> return nango.script_type",
    ],
}  # fmt: skip
#: Whole scripts, where it is not the body that is refused.
SCRIPTS: dict[str, list[str]] = {
    "ts-import": [
        *(f"> import {name}\n\n\ndef run_action(nango, input):\n    return 1\n" for name in (
            "requests", "os", "sys", "time", "random", "subprocess", "socket", "pathlib", "asyncio", "httpx", "pandas", "numpy", "secrets",
            "threading", "pickle", "sqlite3", "logging", "itertools", "functools", "heapq")),
        *(f"> from {module} import {name}\n\n\ndef run_action(nango, input):\n    return 1\n" for module, name in (
            ("os", "environ"), ("time", "sleep"), ("random", "choice"), ("uuid", "uuid1"), ("datetime", "tzinfo"), ("math", "nan"), ("json", "load"),
            ("urllib.request", "urlopen"), ("nangonb", "nothing"), (".", "x"), ("json", "*"))),
    ],
    "ts-module": ["> from nangonb.modules.nothing import f\n\n\ndef run_action(nango, input):\n    return f(1)\n"],
    "ts-model": ["> from nangonb.models import Nothing\n\n\ndef run_action(nango, input):\n    return 1\n"],
    "ts-unknown-name": ["> def helper():\n    return 1\n\n\ndef run_action(nango, input):\n    return 1\n"],
    "ts-statement": ["x = 1\n> if x:\n    x = 2\n\n\ndef run_action(nango, input):\n    return 1\n", "> for x in []:\n    pass\n\n\ndef run_action(nango, input):\n    return 1\n"],
    "ts-expression": ["> def run_action(nango, input):\n    return " + " + ".join(["input['one']"] * 600) + "\n"],
    "ts-class": ["> class A:\n    x = 1\n\n\ndef run_action(nango, input):\n    return 1\n", "from typing import TypedDict\n\n\n> class A(TypedDict):\n    x: int\n\n\ndef run_action(nango, input):\n    return 1\n"],
    "ts-async": ["> async def run_action(nango, input):\n    return 1\n"],
    "ts-decorator": ["def d(f):\n    return f\n\n\n> @d\ndef g():\n    return 1\n\n\ndef run_action(nango, input):\n    return g()\n"],
    "ts-mutable-default": [
        f"> def f(x={value}):\n    return x\n\n\ndef run_action(nango, input):\n    return f()\n" for value in ("[]", "{}", "set()", "list()", "[1]")
    ],
}  # fmt: skip
