"""What a benchmark measured, and beside it the commit, the date, the machine, the seeds and the code it ran.

A notebook of nbs/benchmarks ends with `keep('dare', result, seeds=SEEDS)`. Of each file that a benchmark measures the
JSON holds a digest, so whether one computes something else now needs no history; comments, docstrings, the layout and
the names that only one function uses may change.
"""
import ast
import json
import os
import platform
import re
from datetime import date
from functools import cache
from hashlib import sha256
from pathlib import Path

import yaml

from toss_ctr.core.device import commit
from toss_ctr.core.files import write_aside

ROOT = Path(__file__).resolve().parents[1]

NETWORK = [
    *['config/model.py', 'config/train.py', 'data/batches.py', 'data/encode.py', 'models/*.py', 'training/evaluate.py'],
    *['training/fold.py', 'training/inputs.py', 'training/loop.py', 'training/losses.py', 'training/setup.py'],
]
TREES = ['members/boosted.py', 'members/matrix.py', 'members/trees.py']
CHOICE = ['inference/calibration.py', 'inference/ensemble.py', 'members/combine.py', 'training/metrics.py']
ANSWERS = ['inference/answers.py', 'inference/network.py', 'inference/predictor.py']
WHOLE_RUN = ['data/folds.py', 'features/*.py', *NETWORK, *TREES, *CHOICE]
RIVALS = ['data/folds.py', 'features/*.py', 'inference/calibration.py', *NETWORK, *TREES]
TOSS_LOG = ['synthetic/process.py', 'synthetic/rows.py']
CACHE = ['data/cache.py', 'data/encode.py', 'data/measure.py', 'data/shards.py', 'data/source.py', 'data/tokens.py']
MEASURES = {  # benchmark → files of toss_ctr whose code its figures depend on
    'ablation': ['presets/kuairand.yaml', 'presets/ml100k.yaml', 'synthetic/one_space.py', *NETWORK],
    'attention': ['presets/toss_fast.yaml', 'inference/calibration.py', *TOSS_LOG, *CACHE, *NETWORK],
    'balance': ['presets/toss_fast.yaml', *TOSS_LOG, *NETWORK],
    'cache': [*TOSS_LOG, *CACHE],
    'dare': ['synthetic/one_space.py', *NETWORK],
    'demo': ['presets/demo.yaml', 'synthetic/one_space.py', *WHOLE_RUN],
    'engines': ['core/executors.py', 'core/schedulers.py', 'core/tasks.py', 'run/road.py', 'presets/toss_fast.yaml'],
    'inference': [*ANSWERS, 'models/*.py'],
    'inputs': ['synthetic/one_space.py', 'tests/unified.py', *CACHE, *NETWORK],
    'kuairand': ['presets/kuairand.yaml', *WHOLE_RUN],
    'loader': ['data/batches.py', 'data/frames.py', 'data/shards.py'],
    'metrics_blend': ['inference/calibration.py', 'inference/compare.py', 'training/metrics.py'],
    'papers': ['presets/paper.yaml', *NETWORK, *CHOICE],
    'recovery': [*TOSS_LOG, *NETWORK, *TREES],
    'speed': ['presets/toss.yaml', 'presets/toss_fast.yaml', *TOSS_LOG, *CACHE, *NETWORK, *ANSWERS],
    'synthetic': [*TOSS_LOG, 'run/profile.py', 'run/schema.py'],
    'toss': ['presets/toss_fast.yaml', *TOSS_LOG, *NETWORK],
    'toss_demo': ['presets/toss_demo.yaml', *TOSS_LOG, *WHOLE_RUN],
    'toss_full': ['presets/toss_fast.yaml', *TOSS_LOG, *CACHE, *WHOLE_RUN],
    'toss_whole': ['presets/toss.yaml', *TOSS_LOG, *CACHE, *WHOLE_RUN],
    'yardstick_dare': ['synthetic/one_space.py', *RIVALS],
    'yardstick_demo': ['presets/demo.yaml', 'synthetic/one_space.py', *RIVALS],
    'yardstick_kuairand': ['presets/kuairand.yaml', *RIVALS],
    'yardstick_ml100k': ['presets/ml100k.yaml', *RIVALS],
    'yardstick_pairs': RIVALS,
    'yardstick_recovery': ['presets/toss_demo.yaml', *TOSS_LOG, *RIVALS],
    'yardstick_toss_demo': ['presets/toss_demo.yaml', *TOSS_LOG, *RIVALS],
    'yardstick_toss_full': ['presets/toss_fast.yaml', *TOSS_LOG, *RIVALS],
    'yardstick_toss_million': ['presets/toss_fast.yaml', *TOSS_LOG, *RIVALS],
    'yardstick_triples': RIVALS,
}
UNREACHED = {'_CUT', '_day_folds'}  # cv.scheme forward: no benchmark holds out its last days
SAME = {  # digest of a file → that of its code before, which gave the same bytes on every log (lab log, 2 December)
    '4a75f826cb79': 'abf6b928ee95',  # members/boosted.py
    'a1dcdb11c441': '06cb160e0375',  # training/metrics.py
    'a7ec2ac83a9f': '6e01c57376bd',  # features/counts.py
    '42f4944a8999': '63dda73265aa',  # data/folds.py: words of a mistake
    '5ed8f640c5b4': 'ace5d2d66fbc',  # inference/ensemble.py
    'd379e5011bb6': 'f60125899d5e',  # inference/predictor.py: artefacts alone, which no benchmark opens
}


def own_names(function: ast.FunctionDef) -> dict[str, str]:
    "Names that nobody outside a function uses, numbered: called otherwise they stand for the same."
    nodes, private = [*ast.walk(function)], function.name.startswith('_') and not function.name.startswith('__')
    others = set() if private else {arg.arg for arg in ast.walk(function.args) if isinstance(arg, ast.arg)}
    others |= {name for node in nodes if isinstance(node, ast.Global | ast.Nonlocal) for name in node.names}
    names = [node.arg for node in nodes if isinstance(node, ast.arg)]
    names += [node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]
    return {name: f'_{i}' for i, name in enumerate(dict.fromkeys(name for name in names if name not in others))}


def unreached(node) -> bool:
    "Whether a line defines what no benchmark comes to."
    named = [getattr(target, 'id', None) for target in getattr(node, 'targets', [])] + [getattr(node, 'name', None)]
    return not UNREACHED.isdisjoint(named)


def meaning(node, names: dict[str, str] | None = None):
    "A syntax tree without docstrings, fields that other versions of Python lack, and a function's own names."
    if isinstance(node, list):
        docstring = lambda one: isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant)
        return [meaning(one, names) for one in node if not (docstring(one) or unreached(one))]
    if isinstance(node, ast.JoinedStr):  # of which Python 3.12 has empty ends
        return ['JoinedStr', [meaning(one, names) for one in node.values if getattr(one, 'value', None) != '']]
    if not isinstance(node, ast.AST):
        return repr(node)
    if isinstance(node, ast.Name):
        return ['Name', (names or {}).get(node.id, node.id)]
    if isinstance(node, ast.arg):
        return ['arg', (names or {}).get(node.arg, node.arg), meaning(node.annotation)]
    if names is None and isinstance(node, ast.FunctionDef):
        names = own_names(node)
    fields = {name: meaning(value, names) for name, value in ast.iter_fields(node) if value not in (None, [])}
    return [type(node).__name__, fields]


@cache
def digest(path: str, text: str) -> str:
    "A mark of what a file computes."
    code = meaning(ast.parse(text)) if path.endswith('.py') else yaml.safe_load(text)
    return sha256(json.dumps(code, sort_keys=True).encode()).hexdigest()[:12]


def code_of(name: str, root: Path = ROOT) -> dict[str, str]:
    "File → digest, of all that a benchmark measures."
    package = root / 'toss_ctr'
    found = {path for pattern in MEASURES[name] for path in package.glob(pattern) if path.name != '__init__.py'}
    files = sorted((path.relative_to(package).as_posix(), path) for path in found)
    return {where: digest(where, path.read_text(encoding='utf-8')) for where, path in files}


def machine() -> str:
    "Cores, memory, processor and Python, in words."
    cpus = Path('/proc/cpuinfo')
    named = re.search(r'model name\s*: (.+)', cpus.read_text()) if cpus.exists() else None
    memory = os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30
    model = named[1] if named else platform.processor()
    return f'{os.cpu_count()} cores, {memory:.0f} GiB, {model}, Python {platform.python_version()}'


def kept(name: str, root: Path = ROOT) -> dict:
    "All a benchmark kept: `result`, commit, date, machine, seeds and the digests of its code."
    return json.loads((root / f'nbs/benchmarks/{name}.json').read_text(encoding='utf-8'))


def older(name: str, root: Path = ROOT) -> list[str]:
    "Files that compute something else than when they were measured."
    then, now = kept(name, root)['code'], code_of(name, root)
    meant = lambda code, path: SAME.get(code.get(path), code.get(path))
    return sorted(path for path in then.keys() | now.keys() if meant(then, path) != meant(now, path))


def resumed(name: str, root: Path = ROOT) -> dict:
    "The result to go on with; of other code it is none, so that no figure gets a younger stamp than it has."
    there = (root / f'nbs/benchmarks/{name}.json').exists()
    return kept(name, root)['result'] if there and not older(name, root) else {}


def judged(entry: dict) -> bool:
    "Whether every rival of a yardstick has been looked at on the test rows, and none is being measured."
    return 'trials' in entry and all('seeds' in of for of in entry['rivals'].values())


def keep(name: str, result, seeds=(), root: Path = ROOT):
    "Write what was measured, aside and renamed."
    stamp = dict(commit=commit(), date=str(date.today()), machine=machine(), seeds=[*seeds], code=code_of(name, root))
    with write_aside(root / f'nbs/benchmarks/{name}.json') as part:
        text = json.dumps(dict(**stamp, result=result), indent=1, ensure_ascii=False, allow_nan=False)
        part.write_text(text + '\n', encoding='utf-8')
