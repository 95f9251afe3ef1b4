"""The notebooks that a change reaches: those changed, and rooms that import a changed room, however far away;
pages and tutorials only where they are changed themselves.

`python .ci/changed.py [COMMIT]` prints a pattern for `nbdev_test --file_re`; '' = none. Compared is the working tree,
new files included, with a commit (default: HEAD).
"""
import json
import re
import subprocess
import sys
from pathlib import Path

NOTEBOOKS = [*Path('nbs').glob('*.ipynb'), *Path('nbs').glob('[0-9]*/*.ipynb'), *Path('nbs/tutorials').glob('*.ipynb')]


def code(notebook: Path) -> str:
    "The code cells of a notebook as one text."
    cells = json.loads(notebook.read_text(encoding='utf-8'))['cells']
    return '\n'.join(''.join(cell['source']) for cell in cells if cell['cell_type'] == 'code')


def module(text: str) -> str:
    "The module that a notebook is exported to; '' if it is none."
    found = re.search(r'^#\|\s*default_exp\s+(\S+)', text, re.M)
    return f'toss_ctr.{found[1]}' if found else ''


def imported(text: str, known: set[str]) -> set[str]:
    "Modules of the package that a text imports anywhere, relative or absolute."
    return {name for name in re.findall(r'toss_ctr(?:\.\w+)+', text) if name in known}


def resolved(text: str, of: str) -> str:
    "The same text, relative imports written in full."
    package = of.rpartition('.')[0]
    text = re.sub(r'from \.\.(?=\w)', 'from toss_ctr.', text)
    return re.sub(r'from \.(?=\w)', f'from {package}.', text)


def names_changed(commit: str) -> set[str]:
    "Paths that differ from a commit, and those that git doesn't know yet."
    ask = lambda *words: subprocess.run(['git', *words], check=True, capture_output=True, text=True).stdout.split('\n')
    return {*ask('diff', '--name-only', commit), *ask('ls-files', '--others', '--exclude-standard')} - {''}


def reached(changed: set[str]) -> list[Path]:
    "The notebooks to run."
    texts = {file: code(file) for file in NOTEBOOKS}
    module_of = {file: module(text) for file, text in texts.items()}
    known = {name for name in module_of.values() if name}
    exported = {name: Path(*name.split('.')).with_suffix('.py') for name in known}
    there = {name: file.read_text(encoding='utf-8') for name, file in exported.items() if file.is_file()}
    of_room = {name: imported(resolved(text, name), known) for name, text in there.items()}
    hit = {module_of[file] for file in NOTEBOOKS if file.as_posix() in changed} - {''}
    hit |= {name for name, file in exported.items() if file.as_posix() in changed}
    while more := {name for name, uses in of_room.items() if uses & hit} - hit:
        hit |= more
    rooms = [file for file in NOTEBOOKS if file.parent.name[0].isdigit() and imported(texts[file], known) & hit]
    return [file for file in NOTEBOOKS if file.as_posix() in changed or module_of[file] in hit or file in rooms]


if __name__ == '__main__':
    found = reached(names_changed(sys.argv[1] if sys.argv[1:] else 'HEAD'))
    print('|'.join(sorted({re.escape(file.name) for file in found})))
