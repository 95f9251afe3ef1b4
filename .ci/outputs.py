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
LIMIT = 1500  # seconds a notebook may take
WARM = '''torch scipy.stats numba sklearn.linear_model matplotlib.pyplot IPython nbdev.process nbdev.clean
    execnb.shell'''.split()
PLACE = re.compile(rf'/nb_\w{{8}}|{re.escape(str(ROOT))}|\b0x[0-9a-f]{{6}}')


def find_notebooks(paths: list[str]) -> list[Path]:
    "Notebooks of the given files and folders, the longest first; those beside a `.notest` are left out."
    locations = [Path(p).resolve() for p in paths]
    found = {f for p in locations for f in (p, *p.rglob('*.ipynb')) if f.suffix == '.ipynb' and '/.' not in str(f)}
    found = sorted(f for f in found if not (f.parent / '.notest').exists())
    return sorted(found, key=lambda f: next((i for i, name in enumerate(LONGEST) if f.name.startswith(name)), 99))


def skipped(cell, slow: bool) -> bool:
    "Whether `nbdev_test` leaves the cell out: no code, `eval: false`, or a flag of settings.ini without its flag here."
    directives = getattr(cell, 'directives_', None) or {}
    off = 'gpu' in directives or 'slow' in directives and not slow or 'nbdev_export(' in cell.source
    return cell.cell_type != 'code' or off or directives.get('eval:', [''])[0].lower() == 'false'


def shown(outputs: list) -> list:
    "A cell's outputs without stderr, in the form that nbdev_clean leaves unchanged."
    from nbdev.clean import clean_nb
    found = json.loads(json.dumps([o for o in outputs if o.get('name') != 'stderr']))
    clean_nb(dict(cells=[dict(source=['pass'], metadata={}, outputs=found, id='')], metadata={}))
    return found


def run_notebook(path: Path, slow: bool = False) -> tuple[str, dict[str, list]]:
    "Run the cells in this process: (error or '', outputs by the cell's id)."
    from execnb.shell import CaptureShell
    from nbdev.frontmatter import FrontmatterProc
    from nbdev.process import NBProcessor
    os.environ['IN_TEST'] = '1'
    shell, outputs = CaptureShell(path), {}
    for cell in NBProcessor(path, procs=FrontmatterProc, process=True).nb.cells:
        if skipped(cell, slow):
            continue
        cell.outputs = []
        shell.cell(cell)
        if shell.exc:
            lines = ''.join(traceback.format_exception(shell.exc)).splitlines()
            return '\n'.join([f'cell {cell.idx_} raises', *lines[-30:]]), outputs
        outputs[cell.id] = shown(cell.outputs)
    return '', outputs


def as_lines(outputs: list) -> list[str]:
    "What a reader sees, as lines to compare; a picture is the line `image`."
    lines = []
    for output in outputs:
        data = output.get('data') or {output['output_type']: output.get('text', [])}
        for kind, text in sorted(data.items()):
            lines += ['image'] if kind.startswith('image') else ''.join(text).splitlines()
    return lines


def difference(old: list, new: list) -> str:
    "The first line that differs between two cells' outputs; '' if none does, None where one has no more lines."
    pairs = zip_longest(as_lines(old), as_lines(new))
    return next((f'committed {a!r:.200}, printed {b!r:.200}' for a, b in pairs if a != b), '')


def printing(source: str) -> bool:
    "Whether a cell calls print or display, or ends with an expression that is no call and no literal."
    body = ast.parse(re.sub(r'^\s*[%!].*$', 'pass', source, flags=re.M)).body
    loose = [x for b in body if not isinstance(b, ast.FunctionDef | ast.ClassDef) for x in ast.walk(b)]
    calls = any(isinstance(x, ast.Call) and getattr(x.func, 'id', '') in ('print', 'display') for x in loose)
    last = body and isinstance(body[-1], ast.Expr) and not isinstance(body[-1].value, ast.Constant | ast.Call)
    return bool(calls or last and not source.rstrip().endswith(';'))


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
        if new is None or not belongs(''.join(cell['source']), cell['outputs'], new):
            continue
        if differs := difference(cell['outputs'], new):
            found.append(f'cell {number}: {differs}')
            cell['outputs'] = new
        found += [f"cell {number} prints a place: {line[:200]}" for line in as_lines(new) if PLACE.search(line)]
    if write and found:
        path.write_text(json.dumps(content, sort_keys=True, indent=1, ensure_ascii=False) + '\n', encoding='utf-8')
    return found


def work(path: Path, asked: argparse.Namespace, folder: Path):
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
        error, outputs = run_notebook(path, asked.slow)
        if not error and '95_tests' not in path.parts:
            lines = compare(path, outputs, asked.write)
        bad = bool(error or lines and not asked.write)
        lines += [error] * bool(error)
    except BaseException:
        lines = [traceback.format_exc()]
    report = [f'{sum(os.times()[:4]):.0f} CPU s', *lines]
    (folder / 'report').write_text('\n      '.join(report), encoding='utf-8')
    os._exit(bad)


def passes(path: Path, asked: argparse.Namespace) -> bool | None:
    "Run a notebook in a fork of a process with the large libraries loaded, kill what it leaves, print how it ended."
    start = time.monotonic()
    if asked.begin and start > asked.end:
        return print('later', path.relative_to(ROOT), 'not run, .ci/test runs it')
    with tempfile.TemporaryDirectory(prefix='nb_', ignore_cleanup_errors=True) as folder:
        folder = Path(folder)
        folder.chmod(0o755)  # tests that change the user look into it
        process = FORKS.Process(target=work, args=(path, asked, folder))
        process.start()
        process.join(LIMIT)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.join()
        files = [file for file in (folder / 'report', folder / 'output') if file.exists()]
        text = files[0].read_text(encoding='utf-8', errors='replace')[-3000:] if files else ''
    end = 'FAIL ' if process.exitcode else 'ok   '
    print(end, path.relative_to(ROOT), f'{time.monotonic() - start:.0f} s,', text, flush=True)
    return process.exitcode == 0


def main() -> int:
    "Run what is asked for; 1 if something failed or nothing ran."
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument('paths', nargs='*', default=[ROOT / 'nbs'], help='notebooks or folders; default: all')
    options.add_argument('--slow', action='store_true', help='run slow cells too')
    options.add_argument('--write', action='store_true', help='store outputs that differ')
    options.add_argument('--begin', type=int, default=0, help='seconds after which none starts; the order stays')
    asked = options.parse_args()
    paths = [Path(path).resolve() for path in asked.paths] if asked.begin else find_notebooks(asked.paths)
    asked.end = time.monotonic() + asked.begin
    with ThreadPoolExecutor(2) as pool:
        passed = list(pool.map(passes, paths, [asked] * len(paths)))
    print(f'{len(paths) - passed.count(None)} notebooks, {passed.count(False)} failed')
    return int(False in passed or not paths)


if __name__ == '__main__':
    os.environ |= dict(OMP_NUM_THREADS='1', MPLBACKEND='agg', TOSS_CTR_CI='1')
    FORKS = multiprocessing.get_context('forkserver')
    FORKS.set_forkserver_preload(WARM)
    sys.exit(main())
