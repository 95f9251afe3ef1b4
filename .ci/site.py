"""The documentation site, made from the notebooks: `python .ci/site.py` writes it to _docs/.

A notebook becomes a page by nbconvert, without running anything: hidden cells and directives go, outputs stay,
formulas become MathML. Zensical makes the site, searchable and without a network; a link that leads nowhere ends the
build. All keys of a config are a page of their own. `--serve` shows the site in a browser instead.
"""
import re
import shutil
import subprocess
import sys
import tempfile
from itertools import groupby
from pathlib import Path

import nbformat
import yaml
from figures import markdown_table
from latex2mathml.converter import convert
from nbconvert import MarkdownExporter
from readme import shown

from toss_ctr.config.load import keys_table

NOTEBOOKS, SITE, CONTRIBUTING = Path('nbs'), Path('_docs'), Path('.github/CONTRIBUTING.md')
CONFIG = Path(__file__).with_name('site.yaml').read_text(encoding='utf-8')
HOME = 'index keys manual manual.ko results results.ko lab_log changes contributing'.split()


def relinked(text: str) -> str:
    "Links between notebooks become links between pages."
    text = text.replace('](../.github/CONTRIBUTING.md)', '](contributing.md)')
    return re.sub(r'(\]\((?![a-z]+:)[^)\s]+)\.ipynb(?=[)#])', r'\1.md', text)


def with_formulas(text: str) -> str:
    "LaTeX between dollar signs becomes MathML, which browsers draw by themselves; code is left alone."
    parts = re.split(r'(```.*?```|`[^`\n]*`)', text, flags=re.S)
    for i in range(0, len(parts), 2):
        parts[i] = re.sub(r'\$\$(.+?)\$\$', lambda m: f'\n\n{convert(m[1], display="block")}\n\n', parts[i], flags=re.S)
        parts[i] = re.sub(r'(?<![\\$\w])\$([^$\n]+?)\$(?![\w$])', lambda m: convert(m[1]), parts[i])
    return ''.join(parts)


def read(notebook: Path):
    "A notebook; a page in Korean with the code and the outputs of its original, whose code has to be the same."
    nb, original = (nbformat.read(str(notebook).replace('.ko.', old), as_version=4) for old in ('.ko.', '.'))
    if notebook.parent.name == 'tutorials':
        code = [cell for cell in original.cells if cell.cell_type == 'code']
        if [cell.source for cell in nb.cells if cell.cell_type == 'code'] != [cell.source for cell in code]:
            sys.exit(f'{notebook}: its code is not that of its original; copy the cells anew')
        nb.cells = [code.pop(0) if cell.cell_type == 'code' else cell for cell in nb.cells]
    return nb


def write_page(notebook: Path, folder: Path):
    "Write a notebook's page and its pictures."
    nb = shown(read(notebook))
    for cell in nb.cells:
        if cell.cell_type == 'markdown':
            cell.source = with_formulas(relinked(cell.source))
    nb.metadata.language_info = dict(name='python') # so that code is coloured
    out = folder / notebook.relative_to(NOTEBOOKS).with_suffix('.md')
    out.parent.mkdir(parents=True, exist_ok=True)
    resources = dict(output_files_dir=f'{out.stem}_files')
    body, resources = MarkdownExporter().from_notebook_node(nb, resources=resources)
    out.write_text(re.sub(r'\x1b\[[0-9;]*m', '', body), encoding='utf-8')
    for name, data in resources['outputs'].items():
        (out.parent / name).parent.mkdir(exist_ok=True)
        (out.parent / name).write_bytes(data)


def keys_page() -> str:
    "Every key of a config, its default and its meaning."
    rows = keys_table()
    parts = ['# Every key', f'The {len(rows)} keys of a config. `toss_run --set key=value` changes one.']
    for section, keys in groupby(rows, key=lambda row: row[0].rpartition('.')[0]):
        lines = [[str(text).replace('|', '\\|').replace('\n', ' ') for text in row] for row in keys]
        table = markdown_table(['key', 'default', 'meaning'], [[f'`{a}`', f'`{b}`', c] for a, b, c in lines])
        parts += [f'## {section or "top level"}', table]
    return '\n\n'.join(parts)


def write_pages(folder: Path) -> list:
    "Write all pages; returns the navigation."
    shutil.copytree(NOTEBOOKS / 'images', folder / 'images')
    for notebook in NOTEBOOKS.rglob('*.ipynb'):
        if not {'templates', '.ipynb_checkpoints'} & {*notebook.parts}:
            write_page(notebook, folder)
    (folder / 'keys.md').write_text(keys_page(), encoding='utf-8')
    shutil.copy(CONTRIBUTING, folder / 'contributing.md')
    pages = sorted((str(page.relative_to(folder)) for page in folder.glob('*/*.md')), key=lambda page: page[:-3])
    pages = {name: [*of] for name, of in groupby(pages, key=lambda page: page.partition('/')[0])}
    reference = [{name[3:]: of} for name, of in pages.items() if name[0].isdigit()]
    home = [*(f'{name}.md' for name in HOME), {'한국어': 'index.ko.md'}]
    road = dict(Home=home, Tutorials=pages['tutorials'], Reference=reference, Benchmarks=pages['benchmarks'])
    return [{name: of} for name, of in road.items()]


def main(*command: str) -> int:
    "Write the pages and give them to Zensical; a site that was built takes the place of the old one."
    with tempfile.TemporaryDirectory() as work:
        work = Path(work)
        navigation = yaml.safe_dump(dict(nav=write_pages(work / 'pages')), allow_unicode=True)
        (work / 'mkdocs.yml').write_text(CONFIG + navigation, encoding='utf-8')
        shutil.copy(Path(__file__).with_name('site.css'), work / 'pages')
        done = subprocess.run(['zensical', *command, '-f', 'mkdocs.yml'], cwd=work).returncode
        if done == 0 and 'build' in command:
            shutil.rmtree(SITE, ignore_errors=True)
            shutil.copytree(work / 'site', SITE)
            (SITE / '.nojekyll').touch() # GitHub Pages serves the folder as it is
    return done


if __name__ == '__main__':
    sys.exit(main('serve') if '--serve' in sys.argv else main('build', '--strict'))
