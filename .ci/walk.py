"""Every block of README.md, in its order, in a fresh folder: `python .ci/walk.py` as written, `--small` on small logs.

Shell blocks run in one shell, Python blocks after them in one process, YAML blocks are read as configs. What installs
the package or runs its tests is left out: CI does that itself.
"""
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from figures import commands

from toss_ctr.config.load import load_config

PAGE = Path(__file__).parent.parent / 'nbs' / 'index.ipynb'
MADE = ('runs/demo', 'runs/my', 'runs/small', 'runs/mine')
QUICK = 'cv.n_splits=2 train.epochs=1 members.lightgbm.rounds=20'


def small(line: str) -> str:
    "The same command on a small log."
    line = re.sub(r'--rows \d+', '--rows 2500', line)
    line = re.sub(r'train\.epochs=\d+', '', line)
    if line == 'toss run':
        return f'toss run --set data.synthetic.rows=2500 data.synthetic.test_rows=250 {QUICK}'
    if line.startswith('toss run') and 'dry-run' not in line:
        return f'{line} --set {QUICK}'
    return line


def lines(page=PAGE) -> list[str]:
    "Command lines of the page, and a stand-in for the files it supposes."
    found = [line for language, block in commands(page) if language == 'sh' for line in block.splitlines() if line]
    found = [re.sub(r'\s+#.*$', '', line) for line in found]
    found = [line for line in found if not line.startswith('pip install')]
    supposed = next(i for i, line in enumerate(found) if '=data/train.parquet' in line)
    return [*found[:supposed], 'toss synth --rows 20000 --out data', *found[supposed:]]


def program(shrink: bool, page=PAGE) -> str:
    "The page's Python, one program; what a notebook would show is shown."
    blocks = [block for language, block in commands(page) if language == 'python']
    if shrink:
        blocks = [block.replace("'inventory_id')", f"'inventory_id', set={QUICK.split()})") for block in blocks]
    start = 'from IPython.core.interactiveshell import InteractiveShell\n'
    start += 'InteractiveShell.ast_node_interactivity = "all"\nshell = InteractiveShell.instance()\n'
    return start + ''.join(f'shell.run_cell({block!r}).raise_error()\n' for block in blocks)


def walk(shrink: bool, folder) -> str:
    "Walk it; returns what was printed, and stops at the first command that fails."
    for language, block in commands(PAGE):
        if language == 'yaml':
            file = Path(folder, 'block.yaml')
            file.write_text(block, encoding='utf-8')
            load_config(file)
    change = small if shrink else str
    script = 'set -e\n' + ''.join(f'echo "\\$ {line}"\n{line}\n' for line in map(change, lines()))
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ['PATH']])
    env = os.environ | dict(PATH=path)
    said = ''
    for command in (['bash', '-c', script], [sys.executable, '-c', program(shrink)]):
        done = subprocess.run(command, cwd=folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        said += done.stdout
        if done.returncode:
            sys.exit(f'{said[-4000:]}\nREADME stops here: {done.returncode}')
    missing = [f'{run}/{file}' for run in MADE for file in ('submission.csv', 'report.html')]
    missing = [file for file in [*missing, 'mine.csv'] if not (Path(folder) / file).is_file()]
    if missing:
        sys.exit(f'README has not made {", ".join(missing)}')
    return said


if __name__ == '__main__':
    with tempfile.TemporaryDirectory() as empty:
        print(walk('--small' in sys.argv, empty))
