"""What a stranger installs: the wheel, built from the sdist, in an environment and a folder of its own.

`python .ci/wheel.py` needs no network: the libraries are those installed here, the package is the wheel's alone.
"""
import os
import shutil
import site
import subprocess
import sys
import sysconfig
import tempfile
import venv
from pathlib import Path
from zipfile import ZipFile

ROOT = Path(__file__).resolve().parents[1]
RUN = ['run', 'demo', '--set', 'data.synthetic.rows=2000', 'data.synthetic.test_rows=200', 'cv.n_splits=2']
RUN += ['train.epochs=1', 'members.lightgbm.rounds=20']
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
    names = subprocess.run(words, cwd=ROOT, capture_output=True, check=True, text=True).stdout.split('\0')
    for name in filter(None, names):
        if (ROOT / name).is_file():
            (folder / 'source' / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / 'source' / name)
    build = [sys.executable, '-m', 'build', '--no-isolation', '--outdir', folder / 'dist', folder / 'source']
    subprocess.run(build, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    return next((folder / 'dist').glob('*.whl'))


def main():
    "Build, look into the wheel, install it, use it."
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        wheel = built(folder)
        there = ZipFile(wheel).namelist()
        for wanted in ('toss_ctr/py.typed', 'toss_ctr/presets/demo.yaml', 'toss_ctr/templates/train_fold.ipynb'):
            assert wanted in there, f'{wheel.name}: without {wanted}'
        assert not [file for file in there if file.startswith('toss_ctr/tests')], f'{wheel.name}: holds tests'
        home, away = folder / 'venv', folder / 'elsewhere'
        venv.create(home)
        # the checkout on PYTHONPATH would count as installed
        env = {key: value for key, value in os.environ.items() if not key.startswith('PYTHON')}
        env |= dict(OMP_NUM_THREADS='1', MPLBACKEND='agg', XDG_STATE_HOME=str(folder / 'state'))
        install = [sys.executable, '-m', 'pip', '-q', '--python', home, 'install', '--no-deps', wheel]
        subprocess.run(install, check=True, env=env)
        own = Path(sysconfig.get_path('purelib', vars=dict(base=str(home), platbase=str(home))))
        (own / 'libraries.pth').write_text('\n'.join(site.getsitepackages()))  # the .pth files there are not read
        (home / 'share').mkdir(exist_ok=True)
        (home / 'share/jupyter').symlink_to(Path(sys.prefix, 'share/jupyter'))  # nbconvert's templates
        away.mkdir()

        def say(*words) -> str:
            program, how = home / 'bin' / words[0], dict(cwd=away, env=env, capture_output=True, text=True)
            run = subprocess.run([program, *words[1:]], **how)
            if run.returncode:
                sys.exit(f'{" ".join(words)}\n{run.stdout}\n{run.stderr}')
            return run.stdout

        assert Path(say('python', '-c', ASK).strip()) == own / 'toss_ctr', 'another toss_ctr than the wheel answers'
        print(say('toss', *RUN))
        assert (away / 'runs/demo/report.html').is_file()
        assert 'demo' in say('toss', 'ls')


if __name__ == '__main__':
    main()
