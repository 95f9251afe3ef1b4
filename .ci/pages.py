"""Pages that can be trusted: assertions can fail, names exist, outputs are shown, and each mutant changes one line.

`python .ci/pages.py` reads notebooks, docstrings and texts, and names what it refuses by notebook and cell. It also
sees that each of its own examples of an assertion that cannot fail is refused.
"""
import ast
import configparser
import json
import pkgutil
import re
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from mutants import MUTANTS, occurrences
from outputs import printing

from toss_ctr.config.load import keys_table

PURE = set('len str repr list tuple set sorted abs int float bool sum min max round'.split())
HISTORY = 'lab_log', 'changes'  # they name what is gone
ENDINGS = 'csv json ipynb parquet py yaml'.split()
ALL_TYPES = re.compile(r'\b(Exception|BaseException|AssertionError)\b')


def code(source: str) -> ast.Module:
    "The tree of a cell, without its lines for the shell."
    return ast.parse(re.sub(r'^(\s*)[%!].*$', r'\1pass', source, flags=re.M))


def called(node) -> str:
    "The last name of what a call calls; '' for other nodes."
    return getattr(node.func, 'id', getattr(node.func, 'attr', '')) if isinstance(node, ast.Call) else ''


def same(a, b) -> bool:
    "Whether two expressions are equal by their text: the same, and no function but builtin ones makes them."
    return ast.dump(a) == ast.dump(b) and {called(x) for x in ast.walk(a)} <= PURE | {''}


def fixed(*nodes) -> bool:
    "Whether expressions name nothing, so that no code decides their values."
    return not any(isinstance(x, ast.Name) for node in nodes for x in ast.walk(node))


def literal(node) -> bool | None:
    "Whether a literal is true or false; None for other expressions."
    if isinstance(node, ast.Tuple | ast.List | ast.Set):
        return None if any(isinstance(x, ast.Starred) for x in node.elts) else bool(node.elts)
    if isinstance(node, ast.Lambda | ast.GeneratorExp | ast.JoinedStr):
        return True
    return bool(node.value) if isinstance(node, ast.Constant) else None


def holds(left, op, right) -> bool:
    "Whether a comparison is true, or false, whatever the code does."
    if isinstance(op, ast.Lt | ast.LtE):
        left, right, op = right, left, ast.Gt() if isinstance(op, ast.Lt) else ast.GtE()
    if called(left) == 'len' and (type(op), ast.unparse(right)) in ((ast.Gt, '-1'), (ast.GtE, '0')):
        return True
    empty = isinstance(op, ast.In) and literal(left) is False and isinstance(left, ast.Constant)
    return empty or same(left, right) or fixed(left, right)


def always(node) -> bool:
    "Whether an expression, or a part of it that decides nothing, is true whatever the code does."
    match node:
        case ast.NamedExpr(value=inner) | ast.Call(func=ast.Name('bool'), args=[inner]):
            return always(inner)
        case ast.Call(func=ast.Name('all' | 'any'), args=[ast.GeneratorExp(elt=inner) | ast.ListComp(elt=inner)]):
            return always(inner)
        case ast.Call(func=ast.Name('isinstance'), args=[_, ast.Name('object')]):
            return True
        case ast.UnaryOp(op=ast.Not(), operand=inner):
            return literal(inner) is False
        case ast.BoolOp(values=parts):
            denied = [part.operand for part in parts if isinstance(part, ast.UnaryOp)]
            return any(map(always, parts)) or any(same(a, b) for a in denied for b in parts)
        case ast.Compare(left=left, ops=ops, comparators=others):
            return all(map(holds, [left, *others], ops, others))
        case ast.IfExp(body=one, orelse=other):
            return always(one) and always(other)
    return bool(literal(node))


def goes_on(node) -> bool:
    "Whether a block catches the AssertionError of its own assertion and goes on."
    if not any(isinstance(x, ast.Assert) for part in getattr(node, 'body', ()) for x in ast.walk(part)):
        return False
    if isinstance(node, ast.With):
        return any(called(i.context_expr) == 'suppress' and ALL_TYPES.search(ast.unparse(i)) for i in node.items)
    caught = [h for h in getattr(node, 'handlers', ()) if not h.type or ALL_TYPES.search(ast.unparse(h.type))]
    return any(not any(isinstance(x, ast.Raise | ast.Assert) for x in ast.walk(h)) for h in caught)


def cannot_fail(node) -> bool:
    "Whether a statement or a call tests nothing."
    match node:
        case ast.Assert(test=test, msg=message):
            is_test = isinstance(message, ast.Compare | ast.BoolOp | ast.UnaryOp)
            twin = called(test) and called(test) == called(message)
            return bool(is_test or twin or always(test))
        case ast.Call(args=[a, b, *_]) if called(node).startswith(('test_', 'assert_')):
            return same(a, b) or fixed(a, b)
        case ast.Try() | ast.With():
            return goes_on(node)
    return False


def vacuous(source: str) -> list[str]:
    "First lines of what tests nothing in a cell."
    tests = re.search(r'assert|test_', source)
    return [ast.unparse(x).splitlines()[0] for x in ast.walk(code(source)) if cannot_fail(x)] if tests else []


@dataclass
class Cell:
    "A cell of a notebook, with its place as a reader counts it."

    path: Path
    number: int
    kind: str
    source: str
    outputs: list

    def __str__(self) -> str:
        return f'{self.path}: cell {self.number}'


def cells_of(path: Path) -> list[Cell]:
    "The cells of a notebook."
    cells = json.loads(path.read_text(encoding='utf-8'))['cells']
    return [Cell(path, i, c['cell_type'], ''.join(c['source']), c.get('outputs')) for i, c in enumerate(cells)]


def is_code(name: str) -> bool:
    "Whether a dotted name is a module of the package, or stands in one."
    with suppress(ImportError, AttributeError):
        pkgutil.resolve_name(f'toss_ctr.{name}')
        return True
    return False


class Names:
    "What exists, by the kinds of names that a text can give."

    def __init__(self, cells: list[Cell]):
        files = [f for f in Path('nbs').rglob('*') if '.ipynb_checkpoints' not in f.parts]
        self.rooms = {f.stem for f in files if f.suffix == '.ipynb'} | {f.name for f in files if f.is_dir()}
        presets = {f.stem for f in Path('toss_ctr/presets').glob('*.yaml')}
        setup = configparser.ConfigParser(interpolation=None)
        setup.read('settings.ini')
        scripts = {entry.split('=')[0] for entry in setup['DEFAULT']['console_scripts'].split()}
        self.commands = scripts | presets | {f.stem for f in files} | {'toss_ctr'}
        self.verbs = {script.removeprefix('toss_') for script in scripts}
        self.words = {word for cell in cells if cell.kind == 'code' for word in re.findall(r'\w+', cell.source)}
        self.keys = {key: default for key, default, _ in keys_table()}

    def is_key(self, name: str) -> bool:
        "Whether a name is a key of the config, a section, or an entry of a key that holds a mapping."
        inside = (key for key in self.keys if name.startswith(f'{key}.') and self.keys[key].startswith('{'))
        return any(key == name or key.startswith(f'{name}.') for key in self.keys) or any(inside)

    def missing(self, span: str):
        "Names in a code span of a text that do not exist."
        yield from (room for room in re.findall(r'(?<!\w)\d\d_[a-z]\w*', span) if room not in self.rooms)
        for path in re.findall(r'^(?:nbs|\.ci|\.github|toss_ctr)/[\w./-]*', span):
            if not Path(path).exists() and not Path(f'{path}.ipynb').exists() and '.yaml' not in path:
                yield path
        words = span.split()
        if words[:1] == ['toss'] and words[1:] and words[1].isalpha() and words[1] not in self.verbs:
            yield ' '.join(words[:2])
        if re.fullmatch(r'_?[A-Z]+_[A-Z_]+|_?[A-Z]{5,}', span) and span not in self.words:
            yield span
        if re.fullmatch(r'toss_\w+', words[0]) and words[0] not in self.commands:
            yield words[0]
        if re.fullmatch(r'[a-z_]+(\.\w+)+', span):
            name = span.removeprefix('toss_ctr.')
            known = is_code(name.split('.')[0]) or self.is_key(name.split('.')[0])
            if known and not (is_code(name) or self.is_key(name) or name.rpartition('.')[2] in ENDINGS):
                yield span


def mutant_faults():
    "Mutants whose text does not stand exactly once in the module and once in its notebook, or that change nothing."
    for room, old, new in MUTANTS:
        if occurrences(room, old) != (1, 1) or old == new:
            yield f'mutants: {room}: {old!r} stands {occurrences(room, old)} times in the module and its notebook'


EMPTY_TESTS = r'''
    assert found, rows == 3; assert found, not rows; assert found, rows and x; assert f(found), f(rows)
    assert (found, rows); assert 3; assert [rows]; assert not (); assert (x := 3); assert bool([rows]); assert lambda: x
    assert x.y == x.y; assert x[0] is x[0]; assert x <= x; assert "" in x; assert isinstance(x, object)
    assert len(x) >= 0; assert 0 <= len(x); assert len(x) > -1; assert all(3 for y in x)
    assert x or True; assert x and 3; assert x or not x; assert 3 if x else 4
    test_eq(x.y, x.y); test_eq(3, 3); test_close(len(x), len(x))
    try: assert x == y\nexcept Exception: pass; with suppress(Exception): assert x == y
    for _ in x: assert found, rows == 3'''
EMPTY_TESTS = [test.strip().replace('\\n', '\n') for test in re.split(r'[;\n]', EMPTY_TESTS) if test.strip()]


def faults(cells: list[Cell]):
    "What is refused, one line each."
    names, guide = Names(cells), Path('.github/CONTRIBUTING.md')
    for cell in cells:
        if cell.kind == 'code':
            yield from (f'{cell} cannot fail: {line}' for line in vacuous(cell.source))
            page = re.match(r'nbs/\d', str(cell.path)) and 'tests' not in str(cell.path) and not cell.outputs
            if page and not re.search(r'^#\|\s*(export|hide|eval)', cell.source, re.M) and printing(cell.source):
                yield f'{cell} prints, and its output is not committed: python .ci/outputs.py --write {cell.path}'
    texts = [(cell, cell.source) for cell in cells if cell.path.stem not in HISTORY]
    for place, text in [*texts, (guide, guide.read_text(encoding='utf-8'))]:
        for span in re.findall(r'`([^`\n]*[^`\s][^`\n]*)`', re.sub(r'^ *```.*?^ *```', '', text, flags=re.M | re.S)):
            yield from (f'{place} names what is not there: {name}' for name in names.missing(span))
    yield from mutant_faults()
    yield from (f'tests nothing, and is not refused: {test}' for test in EMPTY_TESTS if not vacuous(test))


if __name__ == '__main__':
    notebooks = [f for f in sorted(Path('nbs').rglob('*.ipynb')) if '.ipynb_checkpoints' not in f.parts]
    every = [cell for notebook in notebooks for cell in cells_of(notebook)]
    wrong = list(faults(every))
    print(*wrong, f'{len(every)} cells of {len(notebooks)} notebooks, {len(wrong)} faults', sep='\n')
    sys.exit(bool(wrong) or not every)
