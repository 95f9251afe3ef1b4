"""Every block of README and manual, in their order, in a fresh folder.

`python .ci/walk.py` runs them as they are written, `--small` on small logs and in little time.
Shell blocks run in one shell, Python blocks after them in one process, YAML blocks are read as configs. What installs
the package or runs its tests is left out: CI does that itself.
"""
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import polars as pl
from figures import commands

from toss_ctr.config.load import load_config

PAGES = [Path(__file__).parent.parent / 'nbs' / f'{name}.ipynb' for name in ('index', 'manual')]
MADE = ('runs/demo', 'runs/my', 'runs/small', 'runs/log')
QUICK = 'cv.n_splits=2 train.epochs=1 members.lightgbm.rounds=20'


def small(line: str) -> str:
    "The same command on a small log."
    line = re.sub(r'train\.epochs=\d+', '', re.sub(r'--rows \d+', '--rows 2500', line)).replace('5min', '20s')
    if line.startswith('toss run') and 'dry-run' not in line:
        rows = ' data.synthetic.rows=2500 data.synthetic.test_rows=250' * (line == 'toss run')
        return f'{line} --set {QUICK}{rows}'
    return line


def blocks(wanted: str) -> list[str]:
    "What stands in the pages in a language."
    return [block for page in PAGES for language, block in commands(page) if language == wanted]


def lines() -> list[str]:
    "Command lines of the pages, and a stand-in for the files they suppose."
    found = [re.sub(r'\s+#.*$', '', line) for block in blocks('sh') for line in block.splitlines() if line]
    found = [line for line in found if not line.startswith('pip install')]
    supposed = next(i for i, line in enumerate(found) if '=data/train.parquet' in line)
    return [*found[:supposed], 'toss synth --rows 20000 --out data', *found[supposed:]]


def write_log(file: Path, rows: int):
    "The CSV file that README supposes: words for labels, a time, a user and a price; every third user clicks often."
    rng = np.random.default_rng(0)
    user = rng.integers(0, 60, rows)
    clicked = np.where(rng.random(rows) < np.where(user % 3, 0.1, 0.5), 'yes', 'no')
    log = pl.DataFrame(dict(clicked=clicked, user=[f'u{u}' for u in user], price=rng.lognormal(size=rows)))
    log.with_columns(at=pl.datetime(2026, 11, 1) + pl.duration(minutes=9 * pl.int_range(rows))).write_csv(file)


def program(shrink: bool) -> str:
    "The pages' Python, one program; what a notebook would show is shown."
    cells = [block.replace('5min', '20s') if shrink else block for block in blocks('python')]
    start = 'from IPython.core.interactiveshell import InteractiveShell\n'
    start += 'InteractiveShell.ast_node_interactivity = "all"\nshell = InteractiveShell.instance()\n'
    return start + ''.join(f'shell.run_cell({block!r}).raise_error()\n' for block in cells)


def walk(shrink: bool, folder):
    "Walk it; stops at the first command that fails, or if a file is missing in the end."
    for block in blocks('yaml'):
        file = Path(folder, 'block.yaml')
        file.write_text(block, encoding='utf-8')
        load_config(file)
    write_log(Path(folder, 'log.csv'), 2_500 if shrink else 20_000)
    script = 'set -ex\n' + '\n'.join(map(small, lines()) if shrink else lines())
    env = os.environ | dict(PATH=f'{Path(sys.executable).parent}{os.pathsep}{os.environ["PATH"]}')
    for command in ['bash', '-c', script], [sys.executable, '-c', program(shrink)]:
        subprocess.run(command, cwd=folder, env=env, check=True)
    for file in ('mine.csv', *(f'{run}/{name}' for run in MADE for name in ('submission.csv', 'report.html'))):
        assert Path(folder, file).is_file(), f'README has not made {file}'


if __name__ == '__main__':
    with tempfile.TemporaryDirectory() as empty:
        walk('--small' in sys.argv, empty)
