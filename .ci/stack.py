"""Does the package work with the libraries installed here? The demo at a small size, and the rooms that lean on them.

`python .ci/stack.py` needs hypothesis and pandas beside the package, no nbdev: cells run one after another as Jupyter
would run them, except those that nbdev skips as well. `python .ci/stack.py nbs/20_data/*.ipynb` runs these rooms only.
"""
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

ROOMS = '''10_config/55_load 20_data/05_types 20_data/08_source 20_data/15_histories 20_data/21_tokens 20_data/22_encode
    20_data/25_measure 55_guess/50_schema 20_data/45_frames 20_data/50_cache 20_data/55_folds 20_data/70_batches
    40_models/00_attention 40_models/05_scaling 25_synthetic/20_rows 30_features/40_stored 40_models/40_dare
    40_models/50_heads 40_models/60_ctr 40_models/70_nn 50_training/05_metrics 50_training/20_losses
    50_training/30_checkpoints 60_members/05_matrix 70_inference/00_calibration 70_inference/36_compare
    80_report/00_canvas 80_report/05_plots 90_run/10_papermill 90_run/30_api'''.split()
SKIPPED = re.compile(r'^#\|\s*(eval:\s*false|slow|gpu)\b', re.M)
DEMO = 'data.synthetic.rows=6000 data.synthetic.test_rows=500 cv.n_splits=2 train.epochs=1'.split()


def run_demo():
    "The whole road on generated data, and new rows predicted."
    with tempfile.TemporaryDirectory() as folder:
        for words in (['run', '--set', *DEMO], ['infer', 'demo', 'runs/demo/data/test.parquet', '--out', 'new.csv']):
            subprocess.run([sys.executable, '-m', 'toss_ctr.cli', *words], cwd=folder, check=True)
        for made in ('runs/demo/report.html', 'runs/demo/submission.csv', 'new.csv'):
            assert Path(folder, made).is_file(), made


def passes(path: Path) -> bool:
    "Run every cell of a notebook that needs neither a GPU nor patience, and print how it ended."
    nb, error = nbformat.read(path, as_version=4), ''
    nb.cells = [cell for cell in nb.cells if cell.cell_type == 'code' and not SKIPPED.search(cell.source)]
    try:
        NotebookClient(nb, timeout=600, resources=dict(metadata=dict(path=str(path.parent)))).execute()
    except CellExecutionError as raised:
        error = str(raised)[-3000:]
    print('FAIL ' if error else 'ok   ', path, error, flush=True)
    return not error


if __name__ == '__main__':
    os.environ |= dict(OMP_NUM_THREADS='1', MPLBACKEND='agg', TOSS_CTR_CI='1', PYTHONPATH=str(Path.cwd()))
    if not sys.argv[1:]:
        run_demo()
    passed = [passes(Path(path)) for path in sys.argv[1:] or [f'nbs/{name}.ipynb' for name in ROOMS]]
    sys.exit(f'{passed.count(False)} failed' if False in passed else 0)
