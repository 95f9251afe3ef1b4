"""Run notebooks as `nbdev_test` does, and compare what they print with the outputs that are committed.

`python .ci/outputs.py` runs all notebooks without their slow cells, `--slow` runs those too, `python .ci/outputs.py
nbs/20_data` those of a folder, `--write` stores the outputs instead of comparing them. `--begin 60` keeps the order
given, starts no notebook after a minute, and names those that it left out. Texts and tables are compared by line. Of a
picture only its presence is compared, because its bytes differ between machines. What goes to stderr is no output. The
rooms of `nbs/95_tests` run, but show nothing. Ends with 1 if a notebook fails, if an output differs, or if nothing ran.
"""
import argparse
import ast
import contextlib
import json
import multiprocessing
import os
import re
import shutil
import signal
import sys
import tempfile
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from itertools import zip_longest
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# These take longest and start first, so that no worker is left alone with one of them.
LONGEST = '''30_api 40_cli 25_engines 70_fold 70_machine 50_advice 08_everything 20_road 45_environments 65_attacks
    35_answers 32_predictor 00_unified 04_qnn 07_movielens 01_first_run 02_your_own 05_calibrate 06_one'''.split()
WARM = '''torch scipy.stats numba sklearn.linear_model matplotlib.pyplot IPython nbdev.process nbdev.clean
    execnb.shell'''.split()
PLACE = re.compile(rf'/nb_\w{{8}}|{re.escape(str(ROOT))}|\b0x[0-9a-f]{{6}}')


def find_notebooks(paths: list[str]) -> list[Path]:
    "Notebooks of the given files and folders (default: all); those beside a `.notest` are left out. The longest first."
    locations = [Path(p).resolve() for p in paths] or [ROOT / 'nbs']
    found = [f for p in locations for f in ([p] if p.is_file() else sorted(p.rglob('*.ipynb')))]
    found = [f for f in found if '/.' not in str(f.relative_to(ROOT)) and not (f.parent / '.notest').exists()]
    rank = {f: next((i for i, name in enumerate(LONGEST) if f.name.startswith(name)), len(LONGEST)) for f in found}
    return sorted(dict.fromkeys(found), key=rank.get)


def skipped(cell, flags: set[str]) -> bool:
    "Whether `nbdev_test` leaves the cell out: no code, `eval: false`, or a flag of settings.ini without its flag here."
    from nbdev.config import get_config
    if cell.cell_type != 'code' or 'nbdev_export(' in cell.source:
        return True
    directives = getattr(cell, 'directives_', {}) or {}
    if directives.get('eval:', [''])[0].lower() == 'false':
        return True
    return bool((set(get_config().tst_flags.split()) - flags) & directives.keys())


def shown(outputs: list) -> list:
    "A cell's outputs without stderr, in the form that nbdev_clean leaves unchanged."
    from nbdev.clean import clean_nb
    found = json.loads(json.dumps([o for o in outputs if o.get('name') != 'stderr']))
    clean_nb(dict(cells=[dict(source=['pass'], metadata={}, outputs=found, id='')], metadata={}))
    return found


def run_notebook(path: Path, flags: set[str]) -> tuple[str | None, dict[str, list]]:
    "Run the cells in this process: (error or None, outputs by the cell's id)."
    from execnb.shell import CaptureShell
    from nbdev.frontmatter import FrontmatterProc
    from nbdev.process import NBProcessor
    nb = NBProcessor(path, procs=FrontmatterProc, process=True).nb
    os.environ['IN_TEST'] = '1'
    shell, outputs = CaptureShell(path), {}
    for cell in nb.cells:
        if skipped(cell, flags):
            continue
        cell.outputs = []
        shell.cell(cell)
        if shell.exc:
            number = [c['id'] for c in json.loads(path.read_text(encoding='utf-8'))['cells']].index(cell.id)
            lines = ''.join(traceback.format_exception(shell.exc)).splitlines()
            return '\n'.join([f'cell {number} raises', *lines[-30:]]), outputs
        outputs[cell.id] = shown(cell.outputs)
    return None, outputs


def as_lines(outputs: list) -> list[str]:
    "What a reader sees, as lines to compare; a picture is the line `image`."
    lines = []
    for output in outputs:
        data = output.get('data') or {output['output_type']: output.get('text', [])}
        for kind, text in sorted(data.items()):
            lines += ['image'] if kind.startswith('image') else ''.join(text).splitlines()
    return lines


def difference(old: list, new: list) -> str | None:
    "The first line that differs between two cells' outputs, or None."
    for a, b in zip_longest(as_lines(old), as_lines(new)):
        if a != b:
            committed, printed = ('nothing' if line is None else repr(line[:200]) for line in (a, b))
            return f'committed {committed}, printed {printed}'
    return None


def printing(source: str) -> bool:
    "Whether a cell calls print or display, or ends with an expression that is no call and no literal."
    body = ast.parse(re.sub(r'^\s*[%!].*$', 'pass', source, flags=re.M)).body
    loose = [x for x in body if not isinstance(x, ast.FunctionDef | ast.ClassDef)]
    called = {getattr(x.func, 'id', '') for b in loose for x in ast.walk(b) if isinstance(x, ast.Call)}
    if called & {'print', 'display'} or not body:
        return bool(body)
    last = isinstance(body[-1], ast.Expr) and not isinstance(body[-1].value, ast.Constant | ast.Call)
    return last and not source.rstrip().endswith(';')


def belongs(source: str, old: list, new: list) -> bool:
    "Whether a page shows what a cell printed: its own prints, tables and pictures, but not the lines of our functions."
    if re.search(r'^#\|\s*(export|hide)', source, re.M):
        return False
    return bool(printing(source) or old or any({'text/html', 'image/png'} & o.get('data', {}).keys() for o in new))


def compare(path: Path, outputs: dict[str, list], write: bool) -> list[str]:
    "Lines about cells whose outputs differ from those in the file; with `write`, store them there."
    content = json.loads(path.read_text(encoding='utf-8'))
    found = []
    for number, cell in enumerate(content['cells']):
        new = outputs.get(cell['id'])
        if new is None or '95_tests' in path.parts or not belongs(''.join(cell['source']), cell['outputs'], new):
            continue
        if differs := difference(cell['outputs'], new):
            found.append(f'cell {number}: {differs}')
            cell['outputs'] = new
        found += [f"cell {number} prints a place: {line[:200]}" for line in as_lines(new) if PLACE.search(line)]
    if write and found:
        path.write_text(json.dumps(content, sort_keys=True, indent=1, ensure_ascii=False) + '\n', encoding='utf-8')
    return found


def work(path: Path, flags: set[str], write: bool, folder: Path):
    "Run and compare one notebook; this process leads a group of its own, keeps its files in `folder`, and ends here."
    lines, bad = [], True
    try:
        os.setsid()
        signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs ignore it
        output = os.open(folder / 'output', os.O_WRONLY | os.O_CREAT)
        for stream, target in enumerate((os.open(os.devnull, os.O_RDONLY), output, output)):
            os.dup2(target, stream)
        os.environ['TMPDIR'] = tempfile.tempdir = str(folder)
        sys.argv = [str(path)]
        os.chdir(path.parent)
        error, outputs = run_notebook(path, flags)
        lines = [error] if error else compare(path, outputs, write)
        bad = bool(error or lines and not write)
    except BaseException:
        lines = traceback.format_exc().splitlines()
    lines.insert(0, f'{sum(os.times()[:4]):.0f} CPU s')
    (folder / 'report').write_text('\n      '.join(lines), encoding='utf-8')
    os._exit(bad)


def passes(path: Path, flags: set[str], write: bool, limit: int) -> bool:
    "Run a notebook in a fork of a process with the large libraries loaded, kill what it leaves, print how it ended."
    folder, start = Path(tempfile.mkdtemp(prefix='nb_')), time.monotonic()
    folder.chmod(0o755)  # tests that change the user look into it
    process = FORKS.Process(target=work, args=(path, flags, write, folder))
    process.start()
    process.join(limit)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.join()
    wall, report = time.monotonic() - start, folder / 'report'
    source_file = report if report.exists() else folder / 'output'
    text = source_file.read_text(encoding='utf-8', errors='replace')[-3000:]
    shutil.rmtree(folder, ignore_errors=True)
    print('FAIL ' if process.exitcode else 'ok   ', path.relative_to(ROOT), f'{wall:.0f} s,', text, flush=True)
    return process.exitcode == 0


def main() -> int:
    "Run what is asked for; 1 if something failed or nothing ran."
    def turn(path: Path) -> bool | None:
        "Run a notebook; None where it is too late to begin."
        late = asked.begin and time.monotonic() - start > asked.begin
        return None if late else passes(path, flags, asked.write, asked.limit)

    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument('paths', nargs='*', help='notebooks or folders; default: all')
    options.add_argument('--slow', action='store_true', help='run slow cells too')
    options.add_argument('--write', action='store_true', help='store outputs that differ')
    options.add_argument('--workers', type=int, default=2)
    options.add_argument('--limit', type=int, default=1500, help='seconds a notebook may take')
    options.add_argument('--begin', type=int, help='seconds after which none starts; the order is that given')
    asked = options.parse_args()
    paths = [Path(path).resolve() for path in asked.paths] if asked.begin else find_notebooks(asked.paths)
    start, flags = time.monotonic(), {'slow'} if asked.slow else set()
    with ThreadPoolExecutor(asked.workers) as pool:
        passed = list(pool.map(turn, paths))
    late = [path.stem for path, done in zip(paths, passed, strict=True) if done is None]
    if late:
        print(f'not run, .ci/test runs them: {", ".join(late)}')
    print(f'{len(paths) - len(late)} notebooks, {passed.count(False)} failed, {time.monotonic() - start:.0f} s')
    return int(False in passed or not paths)


if __name__ == '__main__':
    os.environ |= dict(OMP_NUM_THREADS='1', MPLBACKEND='agg', TOSS_CTR_CI='1')
    FORKS = multiprocessing.get_context('forkserver')
    FORKS.set_forkserver_preload(WARM)
    sys.exit(main())
