"""Which statements does an ordinary day enter? The roads of README at a small size, counted by coverage.

`python .ci/ordinary.py` runs the demo, a log of its own from `init` to `blend`, and a notebook's `Run`: each command
is a process, and its children, the folds' kernels and the notebook's are counted too. It prints how many statements
of a room nothing entered (`--lines`: which), and their share of all; `--most .10` ends with 1 where that is larger.
Statements are those that coverage counts; `toss_ctr.tests` has no part in it. A job of its own: several minutes, no
part of `.ci/test`.
"""
import argparse
import os
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

import coverage
import nbformat
from nbclient import NotebookClient

SETTINGS = '''
[run]
source_pkgs = toss_ctr
omit = */toss_ctr/tests/*, */_modidx.py
parallel = true
sigterm = true
concurrency = thread, multiprocessing
patch = subprocess, fork, _exit
data_file = {folder}/counts
disable_warnings = no-data-collected, module-not-measured, not-imported, module-not-imported
'''
SMALL = 'data.synthetic.rows=6000 data.synthetic.test_rows=500 cv.n_splits=2 train.epochs=1'
COMMANDS = f'''
run --set {SMALL}
ls
board demo
report demo
verify demo
infer demo
infer demo runs/demo/data/test.parquet --out mine.csv
export demo
synth --rows 6000 --test_rows 600 --out my
init my/train.parquet my/test.parquet --item inventory_id --out my.yaml
run my.yaml --set cv.n_splits=2 train.epochs=1
board my
run my.yaml --set cv.n_splits=2 train.epochs=1 exp_name=small members.lightgbm.leaves=7
compare runs/my runs/small
blend runs/my/submission.csv runs/small/submission.csv --out both.csv
ls
'''.strip().splitlines()
NOTEBOOK = '''
import polars as pl
from toss_ctr import CTR, Run
train, test = pl.read_parquet('my/train.parquet'), pl.read_parquet('my/test.parquet')
run = CTR(item='inventory_id', exp_name='mine', set=['cv.n_splits=2', 'train.epochs=1']).read(train, test=test)
run.schema
---
run.fit()
run
---
run = Run('runs/mine')
run.report()
---
run.predict_proba(test.head())
run.compare('runs/my')
run.attention()
'''.strip().split('\n---\n')


def walk(folder: Path):
    "Every command, and the notebook, in a folder of their own; `COVERAGE_PROCESS_START` makes each process count."
    settings = folder / 'coverage.ini'
    settings.write_text(SETTINGS.format(folder=folder), encoding='utf-8')
    location = folder / 'location'
    location.mkdir()
    os.environ.update(COVERAGE_PROCESS_START=str(settings), OMP_NUM_THREADS='1', MPLBACKEND='agg', TOSS_CTR_CI='1')
    os.environ['PYTHONPATH'] = str(Path.cwd())
    for words in COMMANDS:
        code = f'import sys; sys.argv = ["toss", *{shlex.split(words)}]; from toss_ctr.cli import main; main()'
        subprocess.run([sys.executable, '-c', code], cwd=location, check=True, stdout=subprocess.DEVNULL)
        print(f'toss {words}', flush=True)
    nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in NOTEBOOK])
    NotebookClient(nb, timeout=600, resources=dict(metadata=dict(path=str(location)))).execute()
    print('a notebook', flush=True)


def rooms(folder: Path) -> list[tuple[str, int, list[int]]]:
    "(room, statements, lines that nothing entered), the most first."
    counted = coverage.Coverage(data_file=str(folder / 'counts'), config_file=str(folder / 'coverage.ini'))
    counted.combine()
    found = []
    for file in sorted(Path('toss_ctr').rglob('*.py')):
        if file.name != '_modidx.py' and 'tests' not in file.parts:
            _, statements, _, missing, _ = counted.analysis2(str(file.resolve()))
            found.append(('.'.join(file.with_suffix('').parts[1:]), len(statements), missing))
    return sorted(found, key=lambda room: -len(room[2]))


def ranges(lines: list[int]) -> str:
    "Line numbers as a reader likes them: 3-5, 9."
    parts = []
    for line in lines:
        if parts and parts[-1][1] == line - 1:
            parts[-1][1] = line
        else:
            parts.append([line, line])
    return ', '.join(f'{a}' if a == b else f'{a}-{b}' for a, b in parts)


def main() -> int:
    "Walk, count and print; 1 where more than asked for is left."
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument('--most', type=float, default=1.0, help='largest share of statements that nothing enters')
    options.add_argument('--lines', action='store_true', help='the lines of every room')
    asked = options.parse_args()
    with tempfile.TemporaryDirectory(prefix='ordinary_') as folder:
        walk(Path(folder))
        found = rooms(Path(folder))
    for room, statements, missing in found:
        if missing:
            print(f'{len(missing):5} of {statements:5}  {room}', ranges(missing) if asked.lines else '')
    left, every = (sum(counts) for counts in zip(*((len(m), n) for _, n, m in found), strict=True))
    print(f'{left:,} of {every:,} statements are entered by no ordinary path: {left / every:.1%}')
    return int(left / every > asked.most or not every)


if __name__ == '__main__':
    sys.exit(main())
