"""Pages that can be trusted: assertions can fail, names exist, outputs are shown, and each mutant changes one line.

`python .ci/pages.py` reads notebooks, docstrings and texts, and names what it refuses by notebook and cell. It also
sees that each of its own examples of an assertion that cannot fail is refused. What ruff refuses (a value compared
with itself, `or True`, a tuple, a test whose error is passed over) is not looked for here.
"""
import ast
import configparser
import pkgutil
import random
import re
import sys
from contextlib import suppress
from copy import deepcopy
from pathlib import Path

import yaml
from execnb.nbio import read_nb
from mutants import MUTANTS
from outputs import printing
from rooms import file_of

from toss_ctr.config.load import keys_table

KNOWN = 'bool isinstance object all any len'.split()
VALUES, SIZES = [None, True, 0, 1, '', 'a', (), (0,), set(), b'', 0.5, -1e9, 1e9], [0, 1, 10**9]
HISTORY = 'lab_log', 'changes'  # they name what is gone
ENDINGS = 'csv json ipynb parquet py yaml'.split()


class Unknown(ast.NodeTransformer):
    "Puts a name in the place of each value that code decides: equal texts have one, a call has its own each time."

    def __init__(self):
        self.names, self.constants = {}, []

    def visit(self, node):
        "The name of such a value; of a loop in `all` or `any` its condition; other nodes with their parts replaced."
        name = getattr(getattr(node, 'func', node), 'id', '')
        node = self.generic_visit(node)
        key, is_size = ast.dump(node), name == 'len' and isinstance(node, ast.Call)
        match node:
            case ast.GeneratorExp(elt=condition):
                return ast.List([condition], ast.Load())
            case ast.Call(args=[*_, last]) if name in ('all', 'any') and not isinstance(last, ast.List):
                pass
            case ast.Call() if name not in KNOWN:
                key = len(self.names)
            case ast.BinOp() | ast.ListComp() | ast.DictComp() | ast.SetComp():
                pass
            case ast.Name() | ast.Attribute() | ast.Subscript() if isinstance(node.ctx, ast.Load) and name not in KNOWN:
                pass
            case _ if not is_size:
                self.constants += [node.value] if isinstance(node, ast.Constant) else []
                return node
        return ast.Name(self.names.setdefault(key, f'{"size" * is_size}_{len(self.names)}'), ast.Load())


def always(test) -> bool:
    "Whether an expression is true whatever stands for its values, of 300 draws; those of a wrong type don't count."
    unknown, draw, found = Unknown(), random.Random(0), []
    tree = ast.fix_missing_locations(ast.Expression(unknown.visit(deepcopy(test))))
    program, values = compile(tree, '', 'eval'), [*VALUES, *unknown.constants, *({x} for x in unknown.constants)]
    while len(found) < 300:
        given = {name: draw.choice(SIZES if name.startswith('size') else values) for name in unknown.names.values()}
        try:
            found.append(bool(eval(program, given)))
        except Exception as error:
            found.append(isinstance(error, TypeError))
        if not found[-1]:
            return False
    return True


def called(node) -> str:
    "The last name of what a call calls; '' for other nodes."
    return getattr(node.func, 'id', getattr(node.func, 'attr', '')) if isinstance(node, ast.Call) else ''


def cannot_fail(node) -> bool:
    "Whether a statement or a call tests nothing."
    match node:
        case ast.Assert(test=test, msg=message):
            is_test = isinstance(message, ast.Compare | ast.BoolOp | ast.UnaryOp)
            return is_test or bool(called(test)) and called(test) == called(message) or always(test)
        case ast.Call(args=[a, b, *_]) if called(node).startswith(('test_', 'assert_')):
            return always(ast.Compare(a, [ast.Eq()], [b]))
        case ast.With(items=items, body=body):
            caught = [ast.unparse(i) for i in items if called(i.context_expr) == 'suppress']
            tests = any(isinstance(x, ast.Assert) for part in body for x in ast.walk(part))
            return tests and bool(re.search(r'\b(BaseException|Exception|AssertionError)\b', str(caught)))
    return False


def vacuous(source: str) -> list[str]:
    "First lines of what tests nothing in a cell; lines for the shell are left out."
    if not re.search(r'assert|test_', source):
        return []
    tree = ast.parse(re.sub(r'^(\s*)[%!].*$', r'\1pass', source, flags=re.M))
    return [ast.unparse(x).splitlines()[0] for x in ast.walk(tree) if cannot_fail(x)]


def is_code(name: str) -> bool:
    "Whether a dotted name is a module of the package, or stands in one."
    with suppress(ImportError, AttributeError):
        pkgutil.resolve_name(f'toss_ctr.{name}')
        return True
    return False


class Names:
    "What exists, by the kinds of names that a text can give."

    def __init__(self, cells: list):
        files = [f for f in Path('nbs').rglob('*') if '.ipynb_checkpoints' not in f.parts]
        self.rooms = {f.stem for f in files if f.suffix == '.ipynb'} | {f.name for f in files if f.is_dir()}
        presets = {f.stem for f in Path('toss_ctr/presets').glob('*.yaml')}
        setup = configparser.ConfigParser(interpolation=None)
        setup.read('settings.ini')
        scripts = {entry.split('=')[0] for entry in setup['DEFAULT']['console_scripts'].split()}
        self.commands = scripts | presets | self.rooms | {'toss_ctr'}
        self.words = {word for cell in cells if cell.cell_type == 'code' for word in re.findall(r'\w+', cell.source)}
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
        command = re.match(r'toss[ _]([a-z]\w*)(?=\s|$)', span)
        if command and f'toss_{command[1]}' not in self.commands:
            yield command[0]
        if re.fullmatch(r'_?[A-Z]+_[A-Z_]+|_?[A-Z]{5,}', span) and span not in self.words:
            yield span
        if re.fullmatch(r'[a-z_]+(\.\w+)+', span):
            name = span.removeprefix('toss_ctr.')
            known = is_code(name.split('.')[0]) or self.is_key(name.split('.')[0])
            if known and not (is_code(name) or self.is_key(name) or name.rpartition('.')[2] in ENDINGS):
                yield span


EMPTY_TESTS = r'''
    assert found, rows == 3; assert found, not rows; assert found, rows and x; assert f(found), f(rows)
    assert (found, rows); assert 3; assert [rows]; assert not (); assert (x := 3); assert bool([rows]); assert lambda: x
    assert x.y == x.y; assert x[0] is x[0]; assert x <= x; assert isinstance(x, object); assert x or True
    assert len(x) >= 0; assert 0 <= len(x); assert len(x) > -1; assert all(3 for y in x); assert x or not x
    assert 3 if x else 4; assert not all(() for x in y)
    test_eq(x.y, x.y); test_eq(3, 3); test_close(len(x), len(x)); for _ in x: assert found, rows == 3
    with suppress(Exception): assert x == y'''


def faults(cells: list[tuple[Path, object]]):
    "What is refused, one line each."
    names, guide = Names([cell for _, cell in cells]), Path('.github/CONTRIBUTING.md')
    texts = {str(guide): guide.read_text(encoding='utf-8')}
    for path, cell in cells:
        place = f'{path}: cell {cell.idx_}'
        if path.stem not in HISTORY:
            texts[place] = cell.source
        if cell.cell_type == 'code':
            yield from (f'{place} cannot fail: {line}' for line in vacuous(cell.source))
            page = re.match(r'nbs/\d', str(path)) and 'tests' not in str(path) and not cell.outputs
            if page and not re.search(r'^#\|\s*(export|hide|eval)', cell.source, re.M) and printing(cell.source):
                yield f'{place} prints, and its output is not committed: python .ci/outputs.py --write {path}'
    for place, text in texts.items():
        for span in re.findall(r'`([^`\n]*[^`\s][^`\n]*)`', re.sub(r'^ *```.*?^ *```', '', text, flags=re.M | re.S)):
            yield from (f'{place} names what is not there: {name}' for name in names.missing(span))
    planted = yaml.safe_load(Path('.ci/canaries.yaml').read_text(encoding='utf-8'))['faults']
    for room, old, new in MUTANTS + planted:
        stands = file_of(room).read_text(encoding='utf-8').count(old)
        if stands != 1 or old == new:
            yield f'planted: {room}: {old!r} stands {stands} times, for {new!r}'
    tests = re.split(r'[;\n]\s*', EMPTY_TESTS.strip())
    yield from (f'tests nothing, and is not refused: {test}' for test in tests if not vacuous(test))


if __name__ == '__main__':
    files = [f for f in sorted(Path('nbs').rglob('*.ipynb')) if '.ipynb_checkpoints' not in f.parts]
    every = [(file, cell) for file in files for cell in read_nb(file).cells]
    wrong = list(faults(every))
    print(*wrong, f'{len(every)} cells of {len(files)} notebooks, {len(wrong)} faults', sep='\n')
    sys.exit(bool(wrong) or not every)
