"""Would a test notice? One line of a room is changed at a time, and the room's own notebook must fail.

`python .ci/mutants.py` tries all of `MUTANTS`, `python .ci/mutants.py data.folds features` those of some rooms;
`.ci/pages.py` sees that each text stands once in its module and its notebook. Cells
run as `nbdev_test` runs them, without the slow ones, on a copy of the package with the change in it. A notebook that
fails without a change proves nothing, so each runs unchanged first. About five minutes of two cores.
"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

MUTANTS = [  # room, text that stands there once, what takes its place
    ('models.dare', 'if self.tau and not self.collapse:', 'if self.tau:'),
    ('models.roles', '(s1 + s2) / 2 if', '(s1 + s2) if'),
    ('members.matrix', '(token == target[row]) & (token != 0)', '(token == target[row])'),
    ('inference.ensemble', 'share * (1 - share) * rank.var(ddof=1)', 'share * rank.var(ddof=1)'),

    ('data.folds', 'return self.fold >= k if', 'return self.fold == k if'),
    ('data.folds', 'first += n_parts', 'first += 1'),
    ('data.tokens', '.astype(np.int32) * known', '.astype(np.int32)'),
    ('data.encode', '4 * np.log2(1 + seconds)', '4 * np.log2(seconds + 1e-9)'),
    ('data.types', '(w >= 0) & (w < np.inf)', '(w >= 0)'),
    ('data.types', 'null = np.isnan(y) & beside', 'null = np.isnan(y)'),
    ('data.batches', '~click[rows]]].sum()', '~click[rows]]].sum() * 0.5'),
    ('data.batches', 'first = (loader.rank - passed) % loader.world', 'first = loader.rank'),
    ('data.batches', 'order[turn * hand : (turn + 1) * hand]', 'order[:hand]'),
    ('models.scaling', 'x[np.abs(x - median) <= FAR * (upper - lower)]', 'x'),
    ('data.histories', "keep(once['token'] > 0)", "keep(once['token'] >= 0)"),

    ('features.counts', ' | np.eye(folds.n_parts, dtype=bool)', ' & np.eye(folds.n_parts, dtype=bool)'),
    ('features.counts', '(n >= least)', '(n > least)'),
    ('features.counts', '(code > 0) & (code < size)', '(code < size)'),
    ('features.counts', 'used = counts.allowed[k, part]', 'used = counts.allowed[k].any(0)'),
    ('features.counts', 'np.log1p(n * factor)', 'np.log1p(n)'),

    ('training.metrics', 'value - draws.mean() + np.quantile', 'np.quantile'),
    ('training.ranking', '(above - (clicks - clicks_here) + down_to - clicks) / 2', 'above - clicks + clicks_here'),
    ('training.losses', 'w = w * mean_one(weight)\n', 'w = w\n'),
    ('training.losses', 'cfg.decay * n / max(1, cfg.warmup_steps)', 'cfg.decay'),
    ('training.loop', 'state.since_best += counts_to_patience(trainer)', 'state.since_best += 0'),
    ('training.loop', 'plateau and trainer.state.since_best:', 'plateau:'),
    ('training.evaluate', '.astype(np.float64) - trainer.shifts[0])', '.astype(np.float64))'),

    ('inference.calibration', '(1 - _KEEP) * np.interp(p, self.x, self.y) + _KEEP * p',
     'np.interp(p, self.x, self.y)'),
    ('inference.calibration', 'curve = fit_calibrator(logit[~part], label[~part],',
     'curve = fit_calibrator(logit, label,'),
    ('inference.oof', "return pl.concat(parts).sort('row')", 'return pl.concat(parts)'),
    ('inference.select', 'if not (gain > SURE * error).any()', 'if not (gain > 0).any()'),

    ('core.files', 'if self.memory and time.time_ns() - max(before[2:]) > _YOUNG:', 'if self.memory:'),
    ('core.steps', 'if other != current and re.fullmatch', 'if re.fullmatch'),
    ('core.tasks', 'if task.folder.exists() and not task.answer():', 'if not task.answer():'),
    ('config.load', 'isinstance(value, dict) and value and isinstance(former, dict)',
     'isinstance(value, dict) and isinstance(former, dict)'),
    ('data.cache', 'if stat_key(file) != stamp:', 'if False:'),

    ('members.boosted', 'init_score=g.start(rows))\n', 'init_score=None)\n'),
    ('members.combine', '(rank(row) - 0.5)', 'rank(row)'),
    ('members.outside', 'np.lexsort((chance, fold))', 'np.argsort(chance)'),

    ('report.slices', 'expected = p * ((w @ pred.label) / (w @ p))', 'expected = p'),
    ('report.predictions', "return p if self.target == 'balanced' else self.scales(p).natural", 'return p'),
    ('run.rules', "return c.card == 1 and not c.nulls and f'always", "return c.card == 1 and f'always"),
    ('run.lists', 'or common >= 0.9 * len(tokens)', 'or common >= 0.5 * len(tokens)'),
    ('run.schema', 'return alike and (0 < gap < np.inf or', 'return alike and (0 <= gap < np.inf or'),
]
EXPORTED = re.compile(r'^#\|\s*export', re.M)
SKIPPED = re.compile(r'^#\|\s*(eval:\s*false|slow|gpu)\b', re.M)


def notebook_of(room: str) -> Path:
    "The notebook that a room is exported from."
    file = Path('toss_ctr', *room.split('.')).with_suffix('.py')
    return (file.parent / re.search(r'File to edit: (\S+\.ipynb)', file.read_text(encoding='utf-8'))[1]).resolve()


def occurrences(room: str, old: str) -> tuple[int, int]:
    "How often a text stands in a module, and in the exported cells of its notebook; a mutant needs once in both."
    cells = json.loads(notebook_of(room).read_text(encoding='utf-8'))['cells']
    sources = [''.join(cell['source']) for cell in cells if cell['cell_type'] == 'code']
    module = Path('toss_ctr', *room.split('.')).with_suffix('.py').read_text(encoding='utf-8')
    return module.count(old), sum(source.count(old) for source in sources if EXPORTED.search(source))


def write_mutant(folder: Path, room: str, old: str, new: str) -> Path:
    "A copy of the package and of the room's notebook with a change in both; the copy of the notebook."
    shutil.copytree('toss_ctr', folder / 'toss_ctr', ignore=shutil.ignore_patterns('__pycache__'))
    notebook = notebook_of(room)
    content = json.loads(notebook.read_text(encoding='utf-8'))
    if old:
        if occurrences(room, old) != (1, 1) or old == new:
            raise ValueError(f'{room}: {old!r} does not stand once in the module and once in its notebook')
        file = folder.joinpath('toss_ctr', *room.split('.')).with_suffix('.py')
        file.write_text(file.read_text(encoding='utf-8').replace(old, new), encoding='utf-8')
        for cell in content['cells']:
            source = ''.join(cell['source'])
            if cell['cell_type'] == 'code' and EXPORTED.search(source):
                cell['source'] = source.replace(old, new)
    copy = folder / notebook.name
    copy.write_text(json.dumps(content), encoding='utf-8')
    return copy


def run_cells(copy: Path):
    "Run a notebook's cells, in the folder where the notebook lies; print the first that fails and end with 1."
    from execnb.nbio import read_nb
    from execnb.shell import CaptureShell
    shell = CaptureShell()
    for number, cell in enumerate(read_nb(copy).cells):
        if cell.cell_type != 'code' or SKIPPED.search(cell.source):
            continue
        shell.run(cell.source)
        if shell.exc:
            error = shell.exc[1] if isinstance(shell.exc, tuple) else shell.exc
            said = (str(error).strip() or type(error).__name__).splitlines()[0]
            print(f'cell {number}: {said[:90]}')
            sys.exit(1)


def answer(room: str, old: str = '', new: str = '') -> tuple[bool, str]:
    "Does the notebook pass, and which cell did not?"
    with tempfile.TemporaryDirectory(prefix='mutant_') as folder:
        copy = write_mutant(Path(folder), room, old, new)
        env = os.environ | dict(PYTHONPATH=folder, OMP_NUM_THREADS='1', MPLBACKEND='agg', TOSS_CTR_CI='1')
        command = [sys.executable, str(Path(__file__).resolve()), '--cells', str(copy)]
        pipes = dict(cwd=notebook_of(room).parent, env=env, capture_output=True, text=True)
        try:
            done = subprocess.run(command, timeout=600, **pipes)
        except subprocess.TimeoutExpired:
            return False, 'ran for ten minutes'
        cells = [line for line in done.stdout.splitlines() if line.startswith('cell ')]
        return done.returncode == 0, (cells or [done.stderr[-90:]])[-1]


def main(wanted: list[str]) -> int:
    "Try the mutants; the number of those that nothing noticed, and of notebooks that fail unchanged."
    chosen = [m for m in MUTANTS if not wanted or any(m[0].startswith(name) for name in wanted)]
    rooms = list(dict.fromkeys(room for room, *_ in chosen))
    wrong = 0
    with ThreadPoolExecutor(2) as pool:
        for room, (passed, said) in zip(rooms, pool.map(answer, rooms), strict=True):
            if not passed:
                wrong += 1
                print(f'FAIL      {room} unchanged: {said}', flush=True)
        for mutant, (passed, said) in zip(chosen, pool.map(lambda m: answer(*m), chosen), strict=True):
            wrong += passed
            room, old, new = mutant
            print(f'{"SURVIVED" if passed else "killed":9} {room}: {old} → {new or "nothing"}  {said}', flush=True)
    print(f'{len(chosen)} mutants, {wrong} wrong')
    return min(wrong, 1) if chosen else 1


if __name__ == '__main__':
    if sys.argv[1:2] == ['--cells']:
        run_cells(Path(sys.argv[2]))
    else:
        sys.exit(main(sys.argv[1:]))
