"""Assertions that cannot fail: a tuple, a constant, two equal sides, or a comparison in the place of the message.

`python .ci/assertions.py` looks at every notebook and names the cell; `--planted` puts such lines into copies of real
cells, wherever a statement may stand, and wants each refused, and honest ones left alone.
"""
import ast
import json
import random
import re
import sys
from pathlib import Path

COMPARE = {'test_eq', 'test_is', 'test_close', 'assert_array_equal', 'assert_allclose', 'close'}
VACUOUS = [
    *['assert f(x), f(y) == 1', 'assert (f(x) == 1, f(y) == 2)', "assert 'text'", 'assert x.y == x.y'],
    *['assert len(x) >= 0', 'test_eq(x[0], x[0])', 'assert f(x), x or y', 'assert x == y or True'],
    *['np.testing.assert_array_equal(x, x)', 'assert [] == []'],
]
HONEST = [
    *['assert f(x) == f(y), x', 'test_eq(f(1), f(1))', 'assert x', 'assert len(x) > 0', 'test_eq(f(x), 1)'],
    *["assert f(x), f'{x} == 1'"],
]


def alike(*sides) -> bool:
    "Whether expressions are the same and call nothing: two calls may differ, as of a generator."
    called = any(isinstance(node, ast.Call) for side in sides for node in ast.walk(side))
    return len({ast.dump(side) for side in sides}) == 1 and not called


def constant(node) -> bool:
    "Whether an expression has the same truth whatever the program does."
    if isinstance(node, ast.Compare):
        sides = [node.left, *node.comparators]
        same = alike(*sides) and not isinstance(node.ops[0], (ast.NotEq, ast.IsNot))
        length = isinstance(node.left, ast.Call) and getattr(node.left.func, 'id', '') == 'len'
        zero = isinstance(sides[1], ast.Constant) and sides[1].value == 0
        return same or (length and zero and isinstance(node.ops[0], ast.GtE))
    if isinstance(node, ast.BoolOp):
        every = all if isinstance(node.op, ast.And) else any
        return every(constant(value) for value in node.values)
    if isinstance(node, ast.Constant):
        return bool(node.value)
    return isinstance(node, (ast.Tuple, ast.JoinedStr, ast.Lambda))


def vacuous(tree) -> list[int]:
    "Lines of assertions that cannot fail."
    lines = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Assert) and (constant(node.test) or isinstance(node.msg, (ast.Compare, ast.BoolOp))):
            lines.append(node.lineno)
        if isinstance(node, ast.Call) and len(node.args) >= 2:
            name = getattr(node.func, 'attr', getattr(node.func, 'id', ''))
            if name in COMPARE and alike(*node.args[:2]):
                lines.append(node.lineno)
    return lines


def parsed(cell: dict):
    "The syntax tree of a code cell, lines of magic passed over; None if it is none."
    source = re.sub(r'^\s*[%!].*$', 'pass', ''.join(cell['source']), flags=re.M)
    try:
        return ast.parse(source) if cell['cell_type'] == 'code' else None
    except SyntaxError:
        return None


def cells():
    "Notebook, number and syntax tree of every code cell."
    for file in sorted(Path('nbs').rglob('*.ipynb')):
        for number, cell in enumerate(json.loads(file.read_text(encoding='utf-8'))['cells']):
            if tree := parsed(cell):
                yield file, number, tree


def planted(tree, line: str, chance: random.Random):
    "A copy of a tree with a statement put somewhere into one of its bodies."
    copy = ast.parse(ast.unparse(tree))
    bodies = [node.body for node in ast.walk(copy) if isinstance(getattr(node, 'body', None), list)]
    body = chance.choice(bodies)
    body.insert(chance.randint(0, len(body)), ast.parse(line).body[0])
    return copy


if sys.argv[1:] == ['--planted']:
    chance, trees = random.Random(0), [tree for *_, tree in cells()]
    for line in VACUOUS + HONEST:
        for tree in chance.sample(trees, 20):
            new = len(vacuous(planted(tree, line, chance))) - len(vacuous(tree))
            assert new == (line in VACUOUS), (line, ast.unparse(tree)[:200])
    print(f'{len(VACUOUS)} kinds refused, {len(HONEST)} honest ones left alone, each in 20 cells')
elif found := [(file, number, line) for file, number, tree in cells() for line in vacuous(tree)]:
    sys.exit('\n'.join(f'{file}: cell {number}, line {line} cannot fail' for file, number, line in found))
