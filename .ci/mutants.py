"""Would a test notice? One line of a room is changed at a time, and the room's own notebook must fail.

`python .ci/mutants.py` tries all of mutants.yaml, `python .ci/mutants.py data.folds features` those of some rooms;
`.ci/pages.py` sees that each text stands once. Cells run as `nbdev_test` runs them,
without the slow ones, on a copy of the package with the change in it. A notebook that fails without a change proves
nothing, so each runs unchanged first. About five minutes of two cores.
"""
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import yaml
from execnb.nbio import read_nb, write_nb
from outputs import run_notebook
from rooms import changed_copy, file_of, rooms

MUTANTS = yaml.safe_load(Path(__file__).with_suffix('.yaml').read_text(encoding='utf-8'))
NOTEBOOKS = rooms()


def answer(room: str, old: str = '', new: str = '') -> tuple[bool, str]:
    "Does the room's notebook pass on a copy of the package where a text is another one, and which cell did not?"
    notebook = NOTEBOOKS[room].resolve()
    with changed_copy(file_of(room), old, new) as folder:
        nb = read_nb(notebook)
        for cell in nb.cells:
            if re.search(r'^#\|\s*export', cell.source, re.M):
                cell.source = cell.source.replace(old, new)
        write_nb(nb, folder / notebook.name)
        env = os.environ | dict(PYTHONPATH=str(folder), OMP_NUM_THREADS='1', MPLBACKEND='agg', TOSS_CTR_CI='1')
        command = ['timeout', '600', sys.executable, __file__, '--cells', folder / notebook.name, notebook.parent]
        done = subprocess.run(command, env=env, capture_output=True, text=True)
    return done.returncode == 0, done.stderr.strip().rpartition('\n')[2]


def main(wanted: list[str]) -> int:
    "Try the mutants; 1 if nothing noticed one, if a notebook fails unchanged, or if there is none."
    chosen = [mutant for mutant in MUTANTS if not wanted or mutant[0].startswith(tuple(wanted))]
    tasks = [[room] for room in dict.fromkeys(room for room, *_ in chosen)] + chosen
    wrong = 0
    with ThreadPoolExecutor(2) as pool:
        for (room, *change), (passed, message) in zip(tasks, pool.map(lambda task: answer(*task), tasks), strict=True):
            expected = passed != bool(change)
            wrong += not expected
            print('ok   ' if expected else 'WRONG', room, ' → '.join(change) or 'unchanged', message, flush=True)
    print(f'{len(chosen)} mutants, {wrong} wrong')
    return int(wrong > 0 or not chosen)


if __name__ == '__main__':
    if '--cells' in sys.argv:
        os.chdir(sys.argv[3])
        error, _ = run_notebook(Path(sys.argv[2]))
        sys.exit(error.partition('\n')[0] or 0)
    else:
        sys.exit(main(sys.argv[1:]))
