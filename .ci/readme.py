"""nbs/index.ipynb → README.md and nbs/index.ko.ipynb → README.ko.md, without running anything; `--check` only compares.

Hidden cells and directives go, outputs stay; of a cell that says `#| echo: false` only the output.
"""
import re
import sys
from pathlib import Path

import nbformat
from nbconvert import MarkdownExporter
from nbformat.v4 import new_markdown_cell

PAGES = {'nbs/index.ipynb': Path('README.md'), 'nbs/index.ko.ipynb': Path('README.ko.md')}


def render(source: str) -> str:
    "The page of a notebook; its links are written from where the notebook lies, and lead from the top here."
    nb = nbformat.read(source, as_version=4)
    nb.cells = [c for c in nb.cells if not re.match(r'#\|\s*hide\b', c.source)]
    for c in nb.cells:
        if re.match(r'#\|\s*echo:\s*false\b', c.source):  # only what it shows
            c.update(new_markdown_cell('\n'.join(o.data['text/markdown'] for o in c.outputs)))
        c.source = re.sub(r'^#\|.*\n?', '', c.source, flags=re.M)
    body, _ = MarkdownExporter().from_notebook_node(nb)
    for page, readme in PAGES.items():
        body = body.replace(f']({Path(page).name})', f']({readme})')
    body = re.sub(r'\]\((?=\w+/|[\w.]+\.ipynb)', '](nbs/', body)
    body = body.replace('](../', '](')
    head = f'<!-- Generated from {source}; edit that and run: python .ci/readme.py -->\n\n'
    return head + re.sub(r'\n{3,}', '\n\n', body).strip() + '\n'


for source, readme in PAGES.items():
    if '--check' not in sys.argv:
        readme.write_text(render(source), encoding='utf-8')
    elif not readme.exists() or readme.read_text(encoding='utf-8') != render(source):
        sys.exit(f'{readme} is not what {source} generates: run python .ci/readme.py')
