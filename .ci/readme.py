"""nbs/index.ipynb → README.md and nbs/index.ko.ipynb → README.ko.md, without running anything; `--check` only compares.

Hidden cells and directives go, outputs stay; of a cell that says `#| echo: false` only the output.
"""
import re
import sys
from pathlib import Path

import nbformat
from nbconvert import MarkdownExporter

PAGES = {'nbs/index.ipynb': Path('README.md'), 'nbs/index.ko.ipynb': Path('README.ko.md')}


def shown(nb):
    "A notebook without what its reader does not see."
    nb.cells = [c for c in nb.cells if c.source.strip() and not re.match(r'#\|\s*(hide|default_exp)\b', c.source)]
    for cell in nb.cells:
        if re.match(r'#\|\s*echo:\s*false\b', cell.source):
            cell.update(cell_type='markdown', source='\n'.join(o.data.get('text/markdown', '') for o in cell.outputs))
        cell.source = re.sub(r'^#\|.*\n?', '', cell.source, flags=re.M).strip()
    return nb


def render(source: str) -> str:
    "The page of a notebook; its links are written from where the notebook lies, and lead from the top here."
    body, _ = MarkdownExporter().from_notebook_node(shown(nbformat.read(source, as_version=4)))
    for page, readme in PAGES.items():
        body = body.replace(f']({Path(page).name})', f']({readme})')
    body = re.sub(r'\]\((?=\w+/|[\w.]+\.ipynb)', '](nbs/', body)
    body = body.replace('](../', '](')
    head = f'<!-- Generated from {source}; edit that and run: python .ci/readme.py -->\n\n'
    return head + re.sub(r'\n{3,}', '\n\n', body).strip() + '\n'


for source, readme in PAGES.items() if __name__ == '__main__' else ():
    if '--check' not in sys.argv:
        readme.write_text(render(source), encoding='utf-8')
    elif readme.read_text(encoding='utf-8') != render(source):
        sys.exit(f'{readme} is not what {source} generates: run python .ci/readme.py')
