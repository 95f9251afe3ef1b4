"""What an editor says of code as users write it: `python .ci/typed.py` runs pyright over README's snippets, the
tutorials and the modules that users import. Without pyright the job says so and passes.
"""
import json
import os
import re
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

from figures import commands

ROOT = Path(__file__).resolve().parents[1]
PUBLIC = ('__init__.py', 'nn.py', 'run/api.py')


def code_of(notebook: Path) -> str:
    "The code of a notebook, without what only IPython reads."
    cells = json.loads(notebook.read_text(encoding='utf-8'))['cells']
    code = '\n\n'.join(''.join(cell['source']) for cell in cells if cell['cell_type'] == 'code')
    return re.sub(r'(?m)^[%!].*$', '', code)


def main() -> int:
    "0 where pyright finds no error."
    if find_spec('pyright') is None:
        print('skipped: pyright is not installed')
        return 0
    with tempfile.TemporaryDirectory() as folder:
        pages = commands(ROOT / 'nbs/index.ipynb')
        code = {f'readme_{n}': text for n, (language, text) in enumerate(pages) if language == 'python'}
        code |= {f'tutorial_{path.stem}': code_of(path) for path in sorted((ROOT / 'nbs/tutorials').glob('*.ipynb'))}
        for name, text in code.items():
            Path(folder, f'{name.replace(".", "_")}.py').write_text(text, encoding='utf-8')
        modules = [os.path.relpath(ROOT / 'toss_ctr' / module, folder) for module in PUBLIC]
        told = dict(include=['.', *modules], extraPaths=[str(ROOT)])
        told |= dict(reportUnusedExpression=False, reportMissingImports=False, reportMissingModuleSource=False)
        Path(folder, 'pyrightconfig.json').write_text(json.dumps(told))
        command = [sys.executable, '-m', 'pyright', '-p', folder, '--pythonpath', sys.executable]
        return subprocess.run(command).returncode


if __name__ == '__main__':
    sys.exit(main())
