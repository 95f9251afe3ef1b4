"""Imports run downward: the folders of nbs/ give the order of the packages, the numbers of notebooks that of the rooms.

The rules are written from the tree and given to import-linter, so a new room is under it as soon as it exists.
`toss_ctr.tests` lies highest and is not shipped: nothing else imports from it, and the wheel holds none of it.
"""
import subprocess
import sys
import tempfile
from pathlib import Path

from rooms import rooms

PROTECTED = '''
[importlinter:contract:nothing shipped imports from tests]
name = nothing shipped imports from tests
type = protected
protected_modules = toss_ctr.tests
allowed_importers = toss_ctr.tests
'''


def section(name: str, layers: list[str], container: str) -> str:
    "A section of import-linter's file; the first of `layers` lies lowest."
    lines = '\n    '.join(reversed(layers))
    head = f'[importlinter:contract:{name}]\nname = {name}\ntype = layers\ncontainers = {container}'
    return f'{head}\nlayers =\n    {lines}\n'


inside = {}  # package → its rooms
for room in rooms():
    package, _, name = room.partition('.')
    inside.setdefault(package, []).append(name)
parts = [section(f'rooms of {p}', names, f'toss_ctr.{p}') for p, names in inside.items() if names != ['']]
parts += [section('packages in the order of the road', list(inside), 'toss_ctr'), PROTECTED]
with tempfile.TemporaryDirectory() as folder:
    file = Path(folder, 'importlinter.ini')
    file.write_text('\n'.join(['[importlinter]\nroot_package = toss_ctr\n', *parts]), encoding='utf-8')
    sys.exit(subprocess.run(['lint-imports', file, '--no-cache']).returncode)
