"""What a benchmark found, and beside it commit, date, machine, seeds and what its small twin came to at that time.

A notebook of nbs/benchmarks ends with `keep('dare', result, seeds=SEEDS)`. A page says of a figure whose twin
(canaries.py) has moved since how far; a figure of speed has no twin: it holds for its machine and its date.
"""
import json
import os
import platform
import re
from datetime import date
from pathlib import Path

from toss_ctr.core.device import commit
from toss_ctr.core.files import write_aside

ROOT = Path(__file__).resolve().parents[1]
STAMP = {'commit', 'date', 'machine', 'seeds', 'twin', 'result'}
TIMES, RELATIVE, ABSOLUTE = 3, 3e-4, 1e-6  # no spread counts for less than RELATIVE · |value| + ABSOLUTE
TWINS = {  # canary → benchmarks that run its pipeline on more rows
    'demo': ['demo', 'yardstick_demo', 'dare', 'yardstick_dare'],
    'toss_demo': ['toss_demo', 'yardstick_toss_demo', 'recovery', 'yardstick_recovery'],
    'toss_fast': [
        *['toss', 'toss_full', 'toss_whole', 'yardstick_toss_full', 'yardstick_toss_million', 'attention', 'balance'],
    ],
    'kuairand': ['kuairand', 'yardstick_kuairand', 'ablation'],
    'ml100k': ['yardstick_ml100k'],
    'paper': ['papers', 'yardstick_pairs', 'yardstick_triples'],
    'inputs': ['inputs'],
    '': ['cache', 'engines', 'inference', 'loader', 'metrics_blend', 'speed', 'synthetic'],
}
TWIN = {benchmark: canary for canary, benchmarks in TWINS.items() for benchmark in benchmarks}


def allowed(value: float, spread: float) -> float:
    "How far a figure of a canary may be off."
    return TIMES * max(spread, RELATIVE * abs(value) + ABSOLUTE)


def canaries() -> dict:
    "What canaries.json holds: versions, and canary → figure → [value, spread, by other seeds]."
    return json.loads((ROOT / '.ci/canaries.json').read_text(encoding='utf-8'))


def twin(name: str) -> dict[str, float]:
    "Figure → value of a benchmark's small twin now; {} for a benchmark of speed."
    return {figure: value for figure, (value, *_) in canaries()['canaries'].get(TWIN[name], {}).items()}


def machine() -> str:
    "Cores, memory, processor and Python, in words."
    cpus = Path('/proc/cpuinfo')
    named = re.search(r'model name\s*: (.+)', cpus.read_text()) if cpus.exists() else None
    memory = os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30
    model = named[1] if named else platform.processor()
    return f'{os.cpu_count()} cores, {memory:.0f} GiB, {model}, Python {platform.python_version()}'


def kept(name: str) -> dict:
    "All a benchmark kept: `result`, and the keys of `STAMP`."
    return json.loads((ROOT / f'nbs/benchmarks/{name}.json').read_text(encoding='utf-8'))


def moved(name: str) -> tuple[str, float] | None:
    "The figure of a benchmark's twin that has moved most since it was kept, and by how much; None if none has."
    then, now = kept(name)['twin'], canaries()['canaries'].get(TWIN[name], {})
    off = [(abs(now[of][0] - then[of]) / allowed(*now[of][:2]), of, now[of][0] - then[of]) for of in now.keys() & then]
    far, *most = max(off, default=(0,))
    return tuple(most) if far > 1 else None


def resumed(name: str) -> dict:
    "The result of this very commit, to go on with; {} if there is none: no figure gets a younger date than it has."
    here = kept(name) if (ROOT / f'nbs/benchmarks/{name}.json').exists() else dict(commit='')
    return here['result'] if here['commit'].strip('+') == commit().strip('+') else {}


def judged(entry: dict) -> bool:
    "Whether every rival of a yardstick has been looked at on the test rows, and none is being measured."
    return 'trials' in entry and all('seeds' in of for of in entry['rivals'].values())


def keep(name: str, result, seeds=()):
    "Write what was measured, aside and renamed."
    stamp = dict(commit=commit(), date=str(date.today()), machine=machine(), seeds=[*seeds], twin=twin(name))
    with write_aside(ROOT / f'nbs/benchmarks/{name}.json') as part:
        text = json.dumps(dict(**stamp, result=result), indent=1, ensure_ascii=False, allow_nan=False)
        part.write_text(text + '\n', encoding='utf-8')
