"""The door as a person in JupyterLab sees it: `python .ci/lab.py [FOLDER]` drives Lab in a headless Chromium.

Three lines from two frames to a board, bars that move, help that shows parameters, the report in the notebook, a kernel
that starts again and opens the run by its folder; then the report and a fold's page at 390 and 1,280 pixels, light and
dark. Pictures go to FOLDER. Without a browser the job says so and passes.
"""
import getpass
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat
from browser import Browser, program, until

QUICK = ['train.epochs=3', 'cv.n_splits=2', 'model.emb_dim=8', 'device=cpu', 'logging.tb=false', 'train.batch_size=64',
         'members.lightgbm.rounds=20', 'sequence.max_len=20', 'data.min_count=20']  # fmt: skip
CELLS = f"""import polars as pl; from toss_ctr import CTR
train, test = pl.read_parquet('log/train.parquet'), pl.read_parquet('log/test.parquet')
---
run = CTR(history='seq', item='inventory_id', exp_name='a', set={QUICK}).read(train, test=test)
---
run.fit()
---
run
---
run.report()
---
CTR?
---
CTR(
---
from toss_ctr import Run
run = Run('runs/a')
run""".split('\n---\n')
READ, MADE, FITTED, BOARD, REPORT, HELP, TIP, AGAIN = range(8)
SETTINGS = {
    'notebook-extension/tracker': dict(windowingMode='none'),
    'apputils-extension/notification': dict(fetchNews='false', checkForUpdates=False, doNotDisturbMode=True),
}
BOOK = "[...jupyterapp.shell.widgets('main')].find(panel => panel.title.label === 'door.ipynb')"
WIDTHS = "[...document.querySelectorAll('.widget-hprogress .progress-bar')].map(bar => parseFloat(bar.style.width))"
CUT = """[...document.querySelectorAll('main *, header *')].filter(e => {
  const box = e.getBoundingClientRect()
  const letters = e.children.length ? '' : e.textContent.trim()
  return box.width && !e.closest('.scroll, pre, details, svg') && (
    box.right > innerWidth + 1 || letters.length > 3 && box.height > 6 * box.width)
}).map(e => `${e.tagName} ${e.textContent.slice(0, 40)}`).slice(0, 5)"""


def served(folder: Path) -> tuple[subprocess.Popen, str]:
    "A JupyterLab on a port of its own, and its address."
    for name, values in SETTINGS.items():
        file = folder / 'settings/@jupyterlab' / f'{name}.jupyterlab-settings'
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(values))
    locations = dict(JUPYTER_RUNTIME_DIR=str(folder / 'runtime'), JUPYTERLAB_SETTINGS_DIR=str(folder / 'settings'))
    command = [sys.executable, '-m', 'jupyterlab', '--no-browser', '--ServerApp.port=0', '--ServerApp.ip=127.0.0.1']
    command += ['--expose-app-in-browser', '--IdentityProvider.token=t', f'--ServerApp.root_dir={folder}']
    command += ['--allow-root'] * (getpass.getuser() == 'root')
    with open(folder / 'lab.log', 'w') as log:
        env = os.environ | locations | dict(JUPYTERLAB_WORKSPACES_DIR=str(folder / 'workspaces'))
        lab = subprocess.Popen(command, cwd=folder, env=env, stdout=log, stderr=log)
    told = until(lambda: [*folder.glob('runtime/jpserver-*.json')], 90)[0]
    port = until(lambda: json.loads(told.read_text() or '{}').get('port'))
    return lab, f'http://127.0.0.1:{port}'


class Lab:
    "The open notebook."

    def __init__(self, tab: Browser, address: str):
        self.tab = tab
        tab.look(1280)
        tab.go(f'{address}/lab/tree/door.ipynb?token=t')
        until(lambda: tab.js(f'!!window.jupyterapp && !!{BOOK}?.content?.widgets?.length'), 180)
        tab.js(f'jupyterapp.shell.activateById({BOOK}.id), 0')
        until(self.idle, 120)

    def idle(self) -> bool:
        "Whether the kernel waits."
        return self.tab.js(f"{BOOK}.sessionContext?.session?.kernel?.status === 'idle'")

    def choose(self, cell: int):
        "Go to a cell."
        self.tab.js(f'{BOOK}.content.activeCellIndex = {cell}, {BOOK}.content.scrollToItem({cell}, "start"), 0')

    def start(self, cell: int):
        "Run a cell without waiting for it."
        self.choose(cell)
        self.tab.js("(jupyterapp.commands.execute('notebook:run-cell'), 0)")

    def done(self, cell: int) -> bool:
        "Whether a cell has run."
        return bool(self.tab.js(f'{BOOK}.content.widgets[{cell}].model.executionCount')) and self.idle()

    def run(self, cell: int, seconds: float = 600) -> str:
        "Run a cell; what it shows, as text."
        self.start(cell)
        time.sleep(0.3)
        until(lambda: self.done(cell), seconds)
        return self.text(cell)

    def text(self, cell: int) -> str:
        "What a cell shows, as text."
        said = self.tab.js(f'{BOOK}.content.widgets[{cell}].outputArea.node.innerText')
        return re.sub(r'^\[\d+\]:\s*', '', said)  # the number of the cell is no part of it


def bars_while_fitting(lab: Lab, pictures: Path) -> list[tuple]:
    "Widths of all bars, in per cent, as they change while `run.fit()` runs."
    lab.start(FITTED)
    seen, shot = [], False

    def watched():
        "run.fit() ends"
        widths = tuple(lab.tab.js(WIDTHS) or ())
        nonlocal shot
        if widths and (not seen or widths != seen[-1]):
            seen.append(widths)
        if not shot and any(20 < width < 95 for width in widths):
            lab.tab.picture(pictures / 'lab_1_bars.png', whole=False)
            shot = True
        return lab.done(FITTED)

    until(watched, 1800, 0.1)
    return seen


def drive(lab: Lab, pictures: Path):
    "All of it, with an assertion at every step."
    tab = lab.tab
    lab.run(READ)
    lab.run(MADE)
    bars = bars_while_fitting(lab, pictures)
    series = [[widths[i] for widths in bars if len(widths) > i] for i in range(len(bars[-1]))]
    moved = [width for width in series if len(set(width)) >= 3 and width == sorted(width) and width[-1] == 100]
    assert moved and all(width[-1] == 100 for width in series), bars  # of the folds
    assert not any('-m' in line for line in lab.text(FITTED).splitlines()), lab.text(FITTED)
    board = lab.run(BOARD)
    assert 'trained,' in board and 'out of fold' in board and 'lightgbm' not in board.partition('\n')[0], board
    lab.choose(BOARD)
    tab.picture(pictures / 'lab_2_board.png', whole=False)
    lab.run(REPORT)
    inside = f"{BOOK}.content.widgets[{REPORT}].outputArea.node.querySelector('iframe').contentDocument"
    title = until(lambda: tab.js(f"{inside}?.querySelector('h1')?.innerText"))
    assert title == 'a' and tab.js(f"[...{inside}.images].every(image => image.complete && image.naturalWidth)")
    lab.choose(REPORT)
    tab.picture(pictures / 'lab_3_report.png', whole=False)
    told = lab.run(HELP)
    assert all(word in told for word in ('Parameters', 'history :', 'item :', 'Examples')), told
    lab.choose(HELP)
    tab.picture(pictures / 'lab_4_help.png', whole=False)
    tip(lab, pictures)
    tab.js(f'{BOOK}.sessionContext.session.kernel.restart()')
    until(lab.idle, 180)
    again = lab.run(AGAIN)
    assert again == board, (again, board)
    lab.choose(AGAIN)
    tab.picture(pictures / 'lab_5_again.png', whole=False)


def tip(lab: Lab, pictures: Path):
    "Shift-Tab behind an opening bracket."
    tab, editor = lab.tab, f'{BOOK}.content.widgets[{TIP}].editor'
    lab.choose(TIP)
    tab.js(f"{BOOK}.content.mode = 'edit', {editor}.setCursorPosition({{line: 0, column: 4}}), {editor}.focus(), 0")
    time.sleep(0.5)
    tab.js("jupyterapp.commands.execute('tooltip:launch-notebook').then(() => 0)")
    told = until(lambda: tab.js("document.querySelector('.jp-Tooltip-content')?.innerText"), 30)
    assert 'Parameters' in told and 'history :' in told, told
    tab.picture(pictures / 'lab_4_tip.png', whole=False)
    tab.js("jupyterapp.commands.execute('tooltip:dismiss'), 0")


def pages(tab: Browser, run: Path, pictures: Path):
    "Report and fold page on a phone and on a desk, in both themes: nothing is cut off, no word is broken into letters."
    for name in ('report', 'fold_0'):
        for width in (390, 1280):
            for theme in ('light', 'dark'):
                tab.look(width, theme)
                tab.go((run / f'{name}.html').as_uri())
                until(lambda: tab.js('[...document.images].every(image => image.complete && image.naturalWidth)'))
                tab.picture(pictures / f'{name}_{width}_{theme}.png')
                wide, cut = tab.js('document.documentElement.scrollWidth'), tab.js(CUT)
                assert wide <= width and not cut, (name, width, theme, wide, cut)


def main(pictures: str) -> int:
    "Make a small log, serve it, drive, look."
    try:
        import jupyterlab  # noqa: F401
        import websocket  # noqa: F401
    except ImportError as e:
        print(f'skipped: {e.name} is not installed')
        return 0
    if program() is None:
        print('skipped: no Chromium on this machine')
        return 0
    from toss_ctr.synthetic.files import synthesize

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        folder = Path(folder)
        pictures = Path(pictures or folder / 'pictures').resolve()
        pictures.mkdir(parents=True, exist_ok=True)
        synthesize(folder / 'log', 3000, test_rows=200, seed=1, seq_scale=0.1)
        kernel = dict(kernelspec=dict(name='python3', display_name='Python 3', language='python'))
        book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(text) for text in CELLS], metadata=kernel)
        nbformat.write(book, folder / 'door.ipynb')
        lab, address = served(folder)
        try:
            with Browser() as tab:
                drive(Lab(tab, address), pictures)
                pages(tab, folder / 'runs/a', pictures)
        finally:
            lab.terminate()
            lab.wait(30)
    print('JupyterLab: frames to board, bars, report, help, a new kernel; pages at 390 and 1,280 px, light and dark')
    return 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:2] or ['']))
