"""nbs/index.ipynb → README.md, without running anything; `--check` only compares.

Hidden cells and directives go, outputs stay; of a cell that says `#| echo: false` only the output.
"""
import re
import sys
from pathlib import Path

import nbformat
from nbformat.v4 import new_markdown_cell
from nbconvert import MarkdownExporter

SRC, DST = 'nbs/index.ipynb', Path('README.md')

def render() -> str:
    nb = nbformat.read(SRC, as_version=4)
    nb.cells = [c for c in nb.cells if not re.match(r'#\|\s*hide\b', c.source)]
    for c in nb.cells:
        if re.match(r'#\|\s*echo:\s*false\b', c.source): # only what it shows
            c.update(new_markdown_cell('\n'.join(o.data['text/markdown'] for o in c.outputs)))
        c.source = re.sub(r'^#\|.*\n?', '', c.source, flags=re.M)
    body, _ = MarkdownExporter().from_notebook_node(nb)
    body = re.sub(r'\]\((?=\w+/|\w+\.ipynb)', '](nbs/', body) # links are written from where the notebook lies
    body = body.replace('](../', '](')
    head = f'<!-- Generated from {SRC}; edit that and run: python .ci/readme.py -->\n\n'
    return head + re.sub(r'\n{3,}', '\n\n', body).strip() + '\n'

if '--check' not in sys.argv:
    DST.write_text(render(), encoding='utf-8')
elif not DST.exists() or DST.read_text(encoding='utf-8') != render():
    sys.exit(f'{DST} is not what {SRC} generates: run python .ci/readme.py')
