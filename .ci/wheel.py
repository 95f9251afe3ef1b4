"""What a stranger installs: the wheel, built from the sdist, in a separate folder, and used in another one.

`python .ci/wheel.py` needs no network: the libraries are those installed here, the package is the wheel's alone.
"""
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from zipfile import ZipFile

RUN = '''run demo --set data.synthetic.rows=2000 data.synthetic.test_rows=200 cv.n_splits=2 train.epochs=1
    members.lightgbm.rounds=20'''.split()
ASK = '''
import sys
from importlib import resources
from toss_ctr.nn import DARE, QNN
loaded = {name.partition('.')[0] for name in sys.modules} & {'polars', 'pydantic', 'sklearn', 'lightgbm', 'yaml'}
assert not loaded, f'toss_ctr.nn loads {loaded}'
print(resources.files('toss_ctr'))
'''


def built(folder: Path) -> Path:
    "The wheel of what git knows and of what it will, built from the sdist."
    words = ['git', 'ls-files', '-z', '--cached', '--others', '--exclude-standard']
    for name in subprocess.run(words, capture_output=True, check=True, text=True).stdout.split('\0'):
        if Path(name).is_file():
            (folder / 'source' / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(name, folder / 'source' / name)
    build = [sys.executable, '-m', 'build', '--no-isolation', '--outdir', folder / 'dist', folder / 'source']
    subprocess.run(build, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    return next((folder / 'dist').glob('*.whl'))


def main(folder: Path):
    "Build, look into the wheel, install it, use it."
    wheel, target, away = built(folder), folder / 'target', folder / 'elsewhere'
    there = ZipFile(wheel).namelist()
    for wanted in ('toss_ctr/py.typed', 'toss_ctr/presets/demo.yaml', 'toss_ctr/templates/train_fold.ipynb'):
        assert wanted in there, f'{wheel.name}: without {wanted}'
    assert not [file for file in there if file.startswith('toss_ctr/tests')], f'{wheel.name}: holds tests'
    install = [sys.executable, '-m', 'pip', '-q', 'install', '--no-deps', '--target', target, wheel]
    subprocess.run(install, check=True)
    away.mkdir()
    # the folder goes before what is installed: no other toss_ctr answers
    env = os.environ | dict(PYTHONPATH=str(target), OMP_NUM_THREADS='1', MPLBACKEND='agg', XDG_STATE_HOME=str(folder))

    def run(*words) -> str:
        return subprocess.run(words, cwd=away, env=env, stdout=subprocess.PIPE, check=True, text=True).stdout

    assert Path(run(sys.executable, '-c', ASK).strip()) == target / 'toss_ctr', 'another toss_ctr answers'
    print(run(target / 'bin/toss', *RUN))
    assert (away / 'runs/demo/report.html').is_file()
    assert 'demo' in run(target / 'bin/toss', 'ls')


if __name__ == '__main__':
    with tempfile.TemporaryDirectory() as folder:
        main(Path(folder).resolve())
