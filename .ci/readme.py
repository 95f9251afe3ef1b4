"nbs/index.ipynb -> README.md, without running anything: hidden cells and directives go, outputs stay. `--check` only compares."
import re
import sys
from pathlib import Path

import nbformat
from nbconvert import MarkdownExporter

SRC, DST = 'nbs/index.ipynb', Path('README.md')

def render() -> str:
    nb = nbformat.read(SRC, as_version=4)
    nb.cells = [c for c in nb.cells if not re.match(r'#\|\s*hide\b', c.source)]
    for c in nb.cells: c.source = re.sub(r'^#\|.*\n?', '', c.source, flags=re.M)
    body, _ = MarkdownExporter().from_notebook_node(nb)
    head = f'<!-- Generated from {SRC}; edit that and run: python .ci/readme.py -->\n\n'
    return head + re.sub(r'\n{3,}', '\n\n', body).strip() + '\n'

if '--check' not in sys.argv: DST.write_text(render(), encoding='utf-8')
elif not DST.exists() or DST.read_text(encoding='utf-8') != render(): sys.exit(f'{DST} is not what {SRC} generates: run python .ci/readme.py')
