"""Imports run downward: the folders of nbs/ give the order of the packages, the numbers of notebooks that of the rooms.

The contract is written from the tree and handed to import-linter, so a new room is under it as soon as it exists.
`toss_ctr.tests` lies highest and is not shipped: nothing else imports from it, and the wheel holds none of it.
"""
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOMS = sorted(Path('nbs').glob('[0-9]*/[0-9]*.ipynb'))


def module(notebook: Path) -> str:
    "The module a notebook is exported to, without the package's name."
    cells = json.loads(notebook.read_text(encoding='utf-8'))['cells']
    source = '\n'.join(''.join(c['source']) for c in cells if c['cell_type'] == 'code')
    return re.search(r'^#\|\s*default_exp\s+(\S+)', source, re.M)[1]


def contract(name: str, layers: list[str], container: str = '') -> str:
    "A section of import-linter's file; the last of `layers` lies lowest."
    lines = [f'[importlinter:contract:{name}]', f'name = {name}', 'type = layers', 'layers =']
    lines += [f'    {layer}' for layer in layers]
    return '\n'.join(lines + ([f'containers = {container}'] if container else []))


modules = [module(room) for room in ROOMS]
packages = list(dict.fromkeys(m.split('.')[0] for m in modules))
if [len(modules), modules] != [len(set(modules)), sorted(modules, key=lambda m: packages.index(m.split('.')[0]))]:
    sys.exit('two notebooks export one module, or a folder exports into another one\'s package')
parts = ['[importlinter]\nroot_package = toss_ctr']
parts.append(contract('packages in the order of the road', [f'toss_ctr.{p}' for p in reversed(packages)]))
for package in packages:
    rooms = [m.split('.', 1)[1] for m in modules if m.startswith(f'{package}.')]
    if len(rooms) > 1:
        parts.append(contract(f'rooms of {package}', list(reversed(rooms)), f'toss_ctr.{package}'))
parts.append('[importlinter:contract:nothing shipped imports from tests]\nname = nothing shipped imports from tests\n'
             'type = protected\nprotected_modules = toss_ctr.tests\nallowed_importers = toss_ctr.tests')
with tempfile.TemporaryDirectory() as folder:
    subprocess.run([sys.executable, 'setup.py', '-q', 'build_py', '--build-lib', folder], check=True)
    if not Path(folder, 'toss_ctr', 'cli.py').is_file() or Path(folder, 'toss_ctr', 'tests').exists():
        sys.exit('setup.py: the wheel would hold toss_ctr.tests, or not the package')
with tempfile.TemporaryDirectory() as folder:
    file = Path(folder) / 'importlinter.ini'
    file.write_text('\n\n'.join(parts) + '\n', encoding='utf-8')
    run = [sys.executable, '-c', 'from importlinter.cli import lint_imports_command; lint_imports_command()']
    sys.exit(subprocess.run([*run, str(file), '--no-cache']).returncode)
