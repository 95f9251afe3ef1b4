"""Small twins of the published benchmarks: their pipelines on 3,000 rows, and what each came to when it was last kept.

`python .ci/canaries.py` trains them in half a minute and fails if a figure has left its place in canaries.json;
`--write` renews that file; `--planted` shows that faults move a figure and that rewordings move none. What is run and
planted stands in canaries.yaml.

canaries.json has three numbers for each figure. Its value. Its spread, the distance between the largest and the
smallest of six runs: three instruction sets, one and two threads. A figure may be three spreads off. And how far two
other seeds move it: where the versions are not those of the file, a library may draw other random numbers, so there a
figure may be three times that far off.
"""
import importlib.metadata
import json
import os
import re
import subprocess
import sys
import tempfile
import warnings
from contextlib import redirect_stdout
from pathlib import Path

import numpy as np
import polars as pl
import yaml
from published import allowed, canaries, ROOT
from rooms import changed_copy, file_of

from toss_ctr.config.load import load_config
from toss_ctr.inference.ensemble import run_predictions, submit
from toss_ctr.inference.explain import attention_worth
from toss_ctr.members.matrix import tree_columns, write_matrix
from toss_ctr.run.road import train_members
from toss_ctr.tests.small import lists_config
from toss_ctr.tests.unified import synthesize_unified
from toss_ctr.training.fold import train_fold
from toss_ctr.training.inputs import prepare

LIBRARIES = 'torch', 'numpy', 'scipy', 'scikit-learn', 'lightgbm', 'polars', 'numba'
ASKED = yaml.safe_load((ROOT / '.ci/canaries.yaml').read_text(encoding='utf-8'))
CANARIES = ASKED['canaries']


def config(folder: Path, seed: int, preset='', log='log', keys=(), more=()):
    "The config of a canary; a log that the run does not generate is written."
    if not preset:
        return lists_config(folder, rows=2000, seed=seed)
    files = {part: folder / log / f'{part}.parquet' for part in ('train', 'test', 'truth')}
    if log == 'unified':
        for file in synthesize_unified(folder / log, rows=3000, test_rows=300, seed=1).values():
            pl.read_parquet(file).rename(dict(tags='genres'), strict=False).write_parquet(file)
    if preset == 'paper':
        rows, files['valid'] = pl.read_parquet(files['train']), folder / 'valid.parquet'
        rows[:600].write_parquet(files['valid'])
        rows[600:].write_parquet(files['train'])
    locations = [*(f'data.{part}_path={file}' for part, file in files.items()), f'data.cache_dir={folder}/cache']
    locations += [f'logging.log_dir={folder}/runs', f'seed={seed}', *ASKED['everywhere']]
    return load_config(preset, [*locations, *keys, *more])


def figures(cfg, folder: Path) -> dict[str, float]:
    "Train in this process, choose, submit; what came out."
    inputs = prepare(cfg, test=True)
    for fold in range(inputs.folds.n_folds):
        train_fold(inputs, fold)
    train_members(inputs)
    chosen, columns = submit(cfg), tree_columns(inputs.train, cfg.histories.values())
    values = {'matrix': np.arcsinh(write_matrix(inputs.train, columns, folder / 'matrix'))}
    if inputs.features:
        values |= zip(inputs.features.names, inputs.features.train(0).T, strict=True)
    for member in run_predictions(cfg.run_dir, cfg.ensemble, dict.fromkeys(cfg.members)):
        values |= {f'{member.name}, held out': member.logit, f'{member.name}, test': member.test_logit}
    values |= {'submission': pl.read_csv(cfg.run_dir / 'submission.csv')[cfg.data.label_col].to_numpy()}
    found = {'columns': len(columns.names), 'click rate': inputs.train.labels().mean()}
    for name, x in values.items():
        found |= {f'{name}: mean': np.nanmean(x, dtype=float), f'{name}: deviation': np.nanstd(x, dtype=float)}
    found |= {f'{name}: weight': weight for name, weight in chosen['weights'].items()}
    for name, of in chosen['scores'].items():
        found |= {f'{name}: {metric}': of[metric] for metric in ('AUC', 'AP', 'LogLoss', 'Score')}
    if cfg.histories:
        found['attention less recency mean'] = attention_worth(inputs, n_boot=2)['diff']
    return {figure: float(f'{value:.7g}') for figure, value in found.items()}


def run_all(seed: int = 1) -> dict[str, dict[str, float]]:
    "Canary → figure → value, of the package as it is imported here."
    found = {}
    with tempfile.TemporaryDirectory() as folder, redirect_stdout(sys.stderr), warnings.catch_warnings():
        warnings.simplefilter('ignore')
        for name, asked in CANARIES.items():
            location = Path(folder, name)
            found[name] = figures(config(location, seed, **asked), location)
    return found


def apart(seed: int = 1, root=ROOT, **env) -> dict[str, dict[str, float]]:
    "`run_all` in a process of its own, of the package in `root`."
    command, env = [sys.executable, __file__, '--print', str(seed)], os.environ | dict(PYTHONPATH=str(root)) | env
    return json.loads(subprocess.run(command, env=env, stdout=subprocess.PIPE, check=True).stdout)


def versions() -> dict[str, str]:
    "Of the libraries that make the numbers, without the name of a build."
    return {name: importlib.metadata.version(name).partition('+')[0] for name in LIBRARIES}


def moved(found: dict, by_seed: bool = False) -> list[str]:
    "A line for each figure that has left its place, or that only one side has."
    lines, nothing = [], [float('nan')] * 3
    for name, now in found.items():
        was = canaries()['canaries'].get(name, {})
        for figure in (was | now).keys():
            value, spread, seeds = was.get(figure, nothing)
            here, most = now.get(figure, nothing[0]), allowed(value, max(spread, seeds * by_seed))
            if not abs(here - value) <= most:
                change = f'kept {value:.6g}, now {here:.6g}: {here - value:+.2g}, allowed {most:.2g}'
                lines.append(f'{name}, {figure}: {change}')
    return lines


def write():
    "Run on all processors and with two other seeds, and keep it."
    runs = [apart(OMP_NUM_THREADS=threads, **env) for env in ASKED['processors'] for threads in '12']
    others, found = [apart(seed) for seed in (2, 3)], {}
    for name, figure in [(name, figure) for name, of in runs[0].items() for figure in of]:
        low, *_, high = sorted(run[name][figure] for run in runs)
        seeds = max(abs(run[name].get(figure, low) - low) for run in others)
        found.setdefault(name, {})[figure] = [float(f'{x:.7g}') for x in ((low + high) / 2, high - low, seeds)]
    text = json.dumps(dict(versions=versions(), canaries=found), indent=1)
    file = ROOT / '.ci/canaries.json'
    file.write_text(re.sub(r'\[\s+(.+),\s+(.+),\s+(.+)\s+\]', r'[\1, \2, \3]', text) + '\n', encoding='utf-8')


def check() -> int:
    "Compare with what is kept; the number of figures that have left their place."
    here, then = versions(), canaries()['versions']
    if here != then:
        print(f'canaries.json is of {then}, here are {here}: a figure may be as far off as another seed moves it')
    lines = moved(run_all(), here != then)
    print(*lines, f'{len(lines)} figures of {len(CANARIES)} canaries have left their place', sep='\n')
    return len(lines)


def planted() -> int:
    "Try all changes on a copy; how many faults move nothing, or rewordings something."
    wrong = 0
    for fault, changes in (True, ASKED['faults']), (False, ASKED['rewordings']):
        for room, old, new in changes:
            with changed_copy(file_of(room), old, new) as folder:
                lines = moved(apart(root=folder))
            wrong += fault != bool(lines)
            print('' if fault == bool(lines) else 'WRONG:', f'{room}: {old} → {new}: {len(lines)} moved')
            print(*lines, sep='\n', flush=True)
    return wrong


if __name__ == '__main__':
    if '--print' in sys.argv:
        print(json.dumps(run_all(int(sys.argv[-1]))))
    elif '--write' in sys.argv:
        write()
    else:
        sys.exit(min(1, planted() if '--planted' in sys.argv else check()))
