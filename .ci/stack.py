"""Does the package work with the libraries installed here? The demo at a small size, and the rooms that lean on them.

`python .ci/stack.py` needs hypothesis and pandas beside the package, no nbdev: cells run one after another as Jupyter
would run them, except those that nbdev skips as well. `python .ci/stack.py nbs/20_data` runs these rooms only.
"""
import importlib.metadata
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

NAMES = '''torch polars polars-hash pyarrow numpy numba matplotlib scikit-learn scipy pydantic lightgbm papermill
    nbclient ipykernel fastcore pandas'''.split()
ROOMS = '''10_config/55_load 20_data/05_types 20_data/08_source 20_data/15_histories 20_data/21_tokens 20_data/22_encode
    20_data/25_measure 55_guess/50_schema 20_data/45_frames 20_data/50_cache 20_data/55_folds 20_data/70_batches
    40_models/00_attention 40_models/05_scaling 25_synthetic/20_rows 30_features/40_stored 40_models/40_dare
    40_models/50_heads 40_models/60_ctr 40_models/70_nn 50_training/05_metrics 50_training/20_losses
    50_training/30_checkpoints 60_members/05_matrix 70_inference/00_calibration 70_inference/36_compare
    80_report/00_canvas 80_report/05_plots 90_run/10_papermill 90_run/30_api'''.split()
SKIPPED = re.compile(r'^#\|\s*(eval:\s*false|slow|gpu)\b', re.M)
DEMO = 'data.synthetic.rows=6000 data.synthetic.test_rows=500 cv.n_splits=2 train.epochs=1'.split()
ENV = os.environ | dict(OMP_NUM_THREADS='1', MPLBACKEND='agg', TOSS_CTR_CI='1', PYTHONPATH=str(Path.cwd()))


def run_demo():
    "The whole road on generated data, and new rows predicted."
    with tempfile.TemporaryDirectory() as folder:
        for words in (['run', '--set', *DEMO], ['infer', 'demo', 'runs/demo/data/test.parquet', '--out', 'new.csv']):
            code = f'import sys; sys.argv = ["toss", *{words}]; from toss_ctr.cli import main; main()'
            subprocess.run([sys.executable, '-c', code], cwd=folder, env=ENV, check=True)
        made = Path(folder, 'runs/demo/report.html'), Path(folder, 'runs/demo/submission.csv'), Path(folder, 'new.csv')
        missing = [str(path) for path in made if not path.is_file()]
        if missing:
            raise FileNotFoundError(', '.join(missing))


def run_room(path: Path):
    "Every cell of a notebook that needs neither a GPU nor patience."
    nb = nbformat.read(path, as_version=4)
    nb.cells = [cell for cell in nb.cells if cell.cell_type == 'code' and not SKIPPED.search(cell.source)]
    NotebookClient(nb, timeout=600, resources=dict(metadata=dict(path=str(path.parent)))).execute()


def checks(wanted: list[str]) -> dict:
    "Name → what to call."
    folders = [room for location in wanted for room in (sorted(Path(location).glob('*.ipynb')) or [Path(location)])]
    rooms = folders or [Path('nbs', f'{name}.ipynb') for name in ROOMS]
    demo = {} if wanted else {'demo': run_demo}
    return demo | {str(path): lambda path=path: run_room(path) for path in rooms}


def main() -> int:
    "Run what was asked for; the number of failures."
    print(f'Python {sys.version.split()[0]}:', *(f'{name} {importlib.metadata.version(name)}' for name in NAMES))
    os.environ.update(ENV)
    failed = 0
    for name, check in checks(sys.argv[1:]).items():
        start = time.perf_counter()
        try:
            check()
        except (subprocess.CalledProcessError, CellExecutionError, FileNotFoundError) as error:
            failed += 1
            print(f'FAIL  {name}\n{str(error)[-3000:]}', flush=True)
        else:
            print(f'ok    {name} ({time.perf_counter() - start:.0f} s)', flush=True)
    print(f'{failed} failed')
    return int(failed > 0)


if __name__ == '__main__':
    sys.exit(main())
