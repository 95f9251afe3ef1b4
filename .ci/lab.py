"""The API as a person in JupyterLab sees it: `python .ci/lab.py FOLDER` drives Lab in a Chromium by Playwright.

Three lines from two frames to a board, bars that move, help that shows parameters, the report in the notebook, a kernel
that starts again and opens the run by its folder; then the report and a fold's page at 390 and 1,280 pixels, light and
dark. Pictures go to FOLDER.
"""
import os
import shutil
import subprocess
import sys
import tempfile
from itertools import product
from pathlib import Path

import nbformat
from playwright.sync_api import sync_playwright

from toss_ctr.synthetic.files import synthesize

QUICK = ['train.epochs=3', 'cv.n_splits=2', 'model.emb_dim=8', 'device=cpu', 'logging.tb=false', 'train.batch_size=64',
         'members.lightgbm.rounds=20', 'sequence.max_len=20', 'data.min_count=20']  # fmt: skip
CELLS = f"""import polars as pl; from toss_ctr import CTR
train, test = pl.read_parquet('log/train.parquet'), pl.read_parquet('log/test.parquet')
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
READ, FITTED, BOARD, REPORT, HELP, TIP, AGAIN = range(7)
ADDRESS = 'http://127.0.0.1:18888/lab/tree/api.ipynb?token=t'
SERVER = '''--no-browser --allow-root --expose-app-in-browser --ServerApp.port=18888 --ServerApp.port_retries=0
    --IdentityProvider.token=t --LabApp.news_url=None'''.split()
OPENED = "() => globalThis.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'"
RUN = """async cell => {
  const book = jupyterapp.shell.currentWidget.content, seen = []
  book.activeCellIndex = cell
  await book.scrollToItem(cell)
  const all = () => document.querySelectorAll('.widget-hprogress .progress-bar')
  const bars = () => [...all()].map(bar => parseFloat(bar.style.width))
  const timer = setInterval(() => seen.push(bars()), 50)
  await jupyterapp.commands.execute('notebook:run-cell')
  await new Promise(done => setTimeout(done, 500))
  clearInterval(timer)
  return [book.widgets[cell].outputArea.node.innerText.replace(/^\\[\\d+\\]:\\s*/, ''), [...seen, bars()]]
}"""
TOOLTIP = """async cell => {
  const book = jupyterapp.shell.currentWidget.content
  book.activeCellIndex = cell
  book.mode = 'edit'
  book.activeCell.editor.setCursorPosition({line: 0, column: 4})
  book.activeCell.editor.focus()
  await jupyterapp.commands.execute('tooltip:launch-notebook')
}"""
LOADED = '() => [...document.images].every(image => image.complete && image.naturalWidth)'
CUT = """() => [...document.querySelectorAll('main *, header *')].filter(e => {
  const box = e.getBoundingClientRect()
  const letters = e.children.length ? '' : e.textContent.trim()
  return box.width && !e.closest('.scroll, pre, details, svg') && (
    box.right > innerWidth + 1 || letters.length > 3 && box.height > 6 * box.width)
}).map(e => `${e.tagName} ${e.textContent.slice(0, 40)}`).slice(0, 5)"""


def drive(tab, pictures: Path):
    "A notebook from two frames to the report, with an assertion at every step."
    tab.goto(ADDRESS)
    tab.wait_for_function(OPENED, timeout=180_000)

    def run(cell: int):
        "Run a cell, take its picture: what it shows as text, and widths of bars in per cent while it ran."
        shown_text = tab.evaluate(RUN, cell)
        tab.screenshot(path=pictures / f'lab_{cell}.png')
        return shown_text

    run(READ)
    text, bars = run(FITTED)
    series = [[widths[i] for widths in bars if len(widths) > i] for i in range(len(bars[-1]))]
    moved = [width for width in series if len(set(width)) >= 3 and width == sorted(width)]
    assert moved and {width[-1] for width in series} == {100}, bars  # of the folds
    assert '-m' not in text, text
    board, _ = run(BOARD)
    assert 'trained,' in board and 'uncalibrated' in board and 'lightgbm' not in board.partition('\n')[0], board
    run(REPORT)
    report = next(frame for frame in tab.frames if frame != tab.main_frame and frame.query_selector('h1'))
    assert report.inner_text('h1') == 'a' and report.evaluate(LOADED)
    shown_text, _ = run(HELP)
    assert all(word in shown_text for word in ('Parameters', 'history :', 'item :', 'Examples')), shown_text
    tab.evaluate(TOOLTIP, TIP)
    tip = tab.wait_for_selector('.jp-Tooltip-content').inner_text()
    assert 'Parameters' in tip and 'history :' in tip, tip
    tab.evaluate("async () => await jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()")
    tab.wait_for_function(OPENED, timeout=180_000)
    assert run(AGAIN)[0] == board


def look(browser, run: Path, pictures: Path):
    "Report and fold page on a phone and on a desk, in both themes: nothing is cut off, no word is broken into letters."
    for name, width, theme in product(('report', 'fold_0'), (390, 1280), ('light', 'dark')):
        with browser.new_page(viewport=dict(width=width, height=900), color_scheme=theme) as tab:
            tab.goto((run / f'{name}.html').as_uri())
            tab.wait_for_function(LOADED)
            tab.screenshot(path=pictures / f'{name}_{width}_{theme}.png', full_page=True)
            wide, cut = tab.evaluate('document.documentElement.scrollWidth'), tab.evaluate(CUT)
            assert wide <= width and not cut, (name, width, theme, wide, cut)


def main(pictures: Path):
    "Make a small log, serve it, drive, look."
    pictures.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, sync_playwright() as playwright:
        synthesize(Path(folder, 'log'), 3000, test_rows=200, seed=1, seq_scale=0.1)
        cells = [nbformat.v4.new_code_cell(text) for text in CELLS]
        kernel = dict(kernelspec=dict(name='python3', display_name='Python 3', language='python'))
        nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), Path(folder, 'api.ipynb'))
        command, env = [sys.executable, '-m', 'jupyterlab', *SERVER], os.environ | dict(JUPYTER_CONFIG_DIR=folder)
        with subprocess.Popen(command, cwd=folder, env=env, stderr=subprocess.PIPE, text=True) as lab:
            next(line for line in lab.stderr if 'token=' in line)
            browser = playwright.chromium.launch(executable_path=shutil.which('chromium'))
            drive(browser.new_page(viewport=dict(width=1280, height=900)), pictures)
            look(browser, Path(folder, 'runs/a'), pictures)
            browser.close()
            lab.terminate()
    print('JupyterLab: frames to board, bars, report, help, a new kernel; pages at 390 and 1,280 px, light and dark')


if __name__ == '__main__':
    main(Path(sys.argv[1]).resolve())
