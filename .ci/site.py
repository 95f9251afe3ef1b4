"""The documentation site, made from the notebooks: `python .ci/site.py` writes it to _docs/.

A notebook becomes a page by nbconvert, without running anything: hidden cells and directives go, outputs stay,
formulas become MathML, flowcharts SVG. Zensical makes the site, searchable and without a network; a link that leads
nowhere ends the build. All keys of a config are a page of their own. `--serve` shows the site in a browser instead.
"""
import re
import shutil
import subprocess
import sys
import tempfile
from html import escape
from itertools import pairwise
from pathlib import Path
from unicodedata import east_asian_width

import nbformat
import yaml
from latex2mathml.converter import convert
from nbconvert import MarkdownExporter

from toss_ctr.config.load import keys_table

NOTEBOOKS, SITE = Path('nbs'), Path('_docs')
SECTIONS = {'tutorials': 'Tutorials', 'benchmarks': 'Benchmarks'}  # every other folder is a part of the reference
CONTRIBUTING = Path('.github/CONTRIBUTING.md')
ANCHORS = '!!python/name:markdown.extensions.toc.slugify_unicode' # as on GitHub: Korean headings have anchors, too
WIDE = '''
.md-grid { max-width: 90rem; } /* a line of code has up to 120 characters */
.md-typeset { overflow-wrap: break-word; }
.md-typeset :not(pre) > code { overflow-wrap: anywhere; }
.md-typeset .flow svg, .md-typeset img { max-width: 100%; height: auto; }
.md-typeset math, .md-typeset div:has(> table), .md-typeset table:not([class]) { max-width: 100%; overflow-x: auto; }
.md-typeset math[display=block] { display: block math; }
[data-md-color-scheme=slate] .md-typeset img[src*="_files/"] { filter: invert(1) hue-rotate(180deg); }
'''
CONFIG = yaml.safe_load('''
site_name: toss_ctr
docs_dir: pages
site_dir: site
extra_css: [wide.css]
theme:
  variant: classic
  font: false
  features: [navigation.tabs, navigation.top, search.highlight, content.code.copy]
  palette:
    - {media: "(prefers-color-scheme: light)", scheme: default}
    - {media: "(prefers-color-scheme: dark)", scheme: slate}
markdown_extensions:
  - admonition
  - attr_list
  - md_in_html
  - tables
  - toc: {permalink: true, slugify: anchor_of}
  - pymdownx.highlight
  - pymdownx.superfences
''')


def page_of(notebook: Path) -> str:
    "Where the page of a notebook lies: 20_data/05_types.ipynb → data/types.md."
    parts = [re.sub(r'^\d\d_', '', part) for part in notebook.relative_to(NOTEBOOKS).with_suffix('.md').parts]
    return '/'.join(parts)


def shown(cell) -> bool:
    "Whether a reader of the site sees a cell."
    return cell.source.strip() != '' and not re.match(r'#\|\s*(hide|default_exp)\b', cell.source)


def without_directives(cell):
    "The cell as a reader sees it; of a cell that says `echo: false` only the outputs."
    if re.match(r'#\|\s*echo:\s*false\b', cell.source):
        shown_text = [o.data['text/markdown'] for o in cell.outputs if 'text/markdown' in o.get('data', {})]
        return nbformat.v4.new_markdown_cell('\n'.join(shown_text))
    cell.source = re.sub(r'^#\|.*\n?', '', cell.source, flags=re.M).strip()
    return cell


def relinked(text: str, source: Path, pages: dict[Path, str]) -> str:
    "Links between notebooks become links between pages; links to other files of the project lose their address."
    here = Path(pages[source]).parent

    def link(found):
        label, address = found[1], found[2]
        if re.match(r'[a-z]+:|#|/|data:', address) or address.endswith('.png'):
            return found[0]
        path, _, anchor = address.partition('#')
        target = (source.parent / path).resolve()
        page = next((p for n, p in pages.items() if n.resolve() == target), None)
        if page is None:
            if not target.exists():
                sys.exit(f'{source}: the link to {address} leads nowhere')
            return f'{label} (`{address}`)'
        up = '../' * len(here.parts)
        return f'[{label}]({up}{page}{"#" + anchor if anchor else ""})'

    return re.sub(r'(?<!\!)\[([^\]]+)\]\(([^)\s]+)\)', link, text)


def with_formulas(text: str) -> str:
    "LaTeX between dollar signs becomes MathML, which browsers draw by themselves; code is left alone."
    parts = re.split(r'(```.*?```|`[^`\n]*`)', text, flags=re.S)
    for i in range(0, len(parts), 2):
        parts[i] = re.sub(r'\$\$(.+?)\$\$', lambda m: f'\n\n{convert(m[1], display="block")}\n\n', parts[i], flags=re.S)
        parts[i] = re.sub(r'(?<![\\$\w])\$([^$\n]+?)\$(?![\w$])', lambda m: convert(m[1]), parts[i])
    return ''.join(parts)


ARROW = '<path d="M{x} {y} L{u} {v}" marker-end="url(#a)"/>'
LINE = '<tspan x="{x:.0f}" y="{y:.0f}">{line}</tspan>'
TEXT = '<text text-anchor="middle" font-size="13" stroke="none" fill="currentColor">{lines}</text>'
BOX = '<rect x="{x:.0f}" y="{y}" width="{w:.0f}" height="{h}" rx="6"/>'
FLOW = '''<div class="flow"><svg viewBox="0 0 {w:.0f} {h}" width="{w:.0f}" role="img" fill="none" stroke="currentColor">
<marker id="a" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto">
<path d="M0 0 L8 4 L0 8"/></marker>
{shapes}</svg></div>'''


def flow_of(source: str) -> tuple[dict, list]:
    "Lines of each box of a flowchart, and which boxes an arrow joins; what is not understood ends the build."
    boxes, arrows = {}, []
    for line in source.strip().splitlines()[1:]:
        names = []
        for part in re.split(r'\s*-->\s*', line.strip()):
            found = re.fullmatch(r'(\w+)(?:[\[({/"]+(.*?)[\])}/"]+)?', part)
            if not found:
                sys.exit(f'flowchart: {part!r} is not understood')
            names.append(found[1])
            if found[2]:
                boxes[found[1]] = found[2].split('<br/>')
        arrows += pairwise(names)
    return boxes, arrows


def drawn(source: str) -> str:
    "A Mermaid flowchart as SVG in the colours of the page, from top to bottom, which fits a phone."
    boxes, arrows = flow_of(source)
    row = dict.fromkeys(boxes, 0)
    for _ in boxes:
        row |= {b: max(row[b], row[a] + 1) for a, b in arrows}
    letters = lambda line: sum(1 + (east_asian_width(c) in 'WF') * 0.8 for c in line)
    width = {name: 7.2 * max(map(letters, lines)) + 20 for name, lines in boxes.items()}
    rows = [[name for name in boxes if row[name] == i] for i in range(max(row.values()) + 1)]
    whole = max(sum(width[name] + 16 for name in names) for names in rows)
    shapes, at, y = [], {}, 2
    for names in rows:
        x = (whole - sum(width[name] + 16 for name in names)) / 2 + 8
        high = max(17 * len(boxes[name]) for name in names) + 14
        for name in names:
            middle, first = x + width[name] / 2, y + high / 2 - 8.5 * len(boxes[name]) + 13
            at[name] = dict(x=round(middle), top=y, bottom=y + high)
            lines = (LINE.format(x=middle, y=first + 17 * i, line=escape(s)) for i, s in enumerate(boxes[name]))
            shapes += [BOX.format(x=x, y=y, w=width[name], h=high), TEXT.format(lines=''.join(lines))]
            x += width[name] + 16
        y += high + 30
    for a, b in arrows:
        shapes.append(ARROW.format(x=at[a]['x'], y=at[a]['bottom'], u=at[b]['x'], v=at[b]['top'] - 1))
    return FLOW.format(w=whole, h=y - 28, shapes='\n'.join(shapes))


def with_drawings(text: str) -> str:
    "Flowcharts drawn."
    return re.sub(r'```mermaid\n(.*?)```', lambda m: drawn(m[1]), text, flags=re.S)


def of_original(notebook: Path):
    "A page in Korean with the code and the outputs of its original, whose code has to be the same."
    korean, original = (nbformat.read(path, as_version=4) for path in (notebook, original_of(notebook)))
    code = [[cell for cell in nb.cells if cell.cell_type == 'code'] for nb in (korean, original)]
    if [cell.source for cell in code[0]] != [cell.source for cell in code[1]]:
        sys.exit(f'{notebook}: its code is not that of {original_of(notebook).name}; copy the cells anew')
    there = iter(code[1])
    korean.cells = [next(there) if cell.cell_type == 'code' else cell for cell in korean.cells]
    return korean


def original_of(notebook: Path) -> Path:
    "01_first_run.ko.ipynb → 01_first_run.ipynb."
    return notebook.with_name(notebook.name.replace('.ko.', '.'))


def write_page(notebook: Path, pages: dict[Path, str], folder: Path) -> str:
    "Write a notebook's page and its pictures; returns its title."
    korean = '.ko.' in notebook.name and notebook.parent.name == 'tutorials'
    nb = of_original(notebook) if korean else nbformat.read(notebook, as_version=4)
    nb.cells = [without_directives(c) for c in nb.cells if c.cell_type != 'raw' and shown(c)]
    for cell in nb.cells:
        if cell.cell_type == 'markdown':
            cell.source = with_drawings(with_formulas(relinked(cell.source, notebook, pages)))
    nb.metadata.language_info = dict(name='python') # so that code is coloured
    out = folder / pages[notebook]
    out.parent.mkdir(parents=True, exist_ok=True)
    pictures = f'{out.stem}_files'
    body, resources = MarkdownExporter().from_notebook_node(nb, resources=dict(output_files_dir=pictures))
    body = re.sub(r'\x1b\[[0-9;]*m', '', body)
    out.write_text(body, encoding='utf-8')
    for name, data in resources.get('outputs', {}).items():
        (out.parent / name).parent.mkdir(exist_ok=True)
        (out.parent / name).write_bytes(data)
    heading = re.search(r'^# (.+)$', body, re.M)
    return heading[1].replace('`', '') if heading else out.stem


def write_keys(folder: Path):
    "The page with every key of a config, its default and its meaning."
    rows = keys_table()
    lines = ['# Every key', '', f'The {len(rows)} keys of a config. `toss_run --set key=value` changes one.']
    sections = {}
    for key, default, meaning in rows:
        default, meaning = (str(text).replace('|', '\\|').replace('\n', ' ') for text in (default, meaning))
        sections.setdefault(key.rpartition('.')[0] or 'top level', []).append(f'| `{key}` | `{default}` | {meaning} |')
    for name, section in sections.items():
        lines += ['', f'## {name}', '', '| key | default | meaning |', '| --- | --- | --- |', *section]
    (folder / 'keys.md').write_text('\n'.join(lines) + '\n', encoding='utf-8')


def navigation(titles: dict[str, str]) -> list:
    "Pages in the order of the road, under their packages."
    groups = {'Home': ['index.md'], 'Tutorials': [], 'Reference': [], 'Benchmarks': []}
    for page, title in titles.items():
        top, _, rest = page.partition('/')
        if not rest:
            groups['Home'] += [{title: page}] if page != 'index.md' else []
        elif top in SECTIONS:
            groups[SECTIONS[top]].append({title: page})
        else:
            packages = groups['Reference']
            if not packages or top not in packages[-1]:
                packages.append({top: []})
            packages[-1][top].append({title: page})
    return [{name: what} for name, what in groups.items()]


def write_pages(folder: Path) -> list:
    "Write all pages; returns the navigation."
    patterns = (
        'index.ipynb', 'index.ko.ipynb', 'manual*.ipynb', 'results*.ipynb', 'tutorials/*.ipynb',
        '[0-9]*/[0-9]*.ipynb', 'benchmarks/*.ipynb',
        'lab_log.ipynb', 'changes.ipynb',
    )
    notebooks = [notebook for pattern in patterns for notebook in sorted(NOTEBOOKS.glob(pattern))]
    pages = {n: page_of(n) for n in notebooks} | {CONTRIBUTING: 'contributing.md'}
    titles = {pages[n]: write_page(n, pages, folder) for n in notebooks}
    contributing = relinked(CONTRIBUTING.read_text(encoding='utf-8'), CONTRIBUTING, pages)
    (folder / 'contributing.md').write_text(contributing, encoding='utf-8')
    shutil.copytree(NOTEBOOKS / 'images', folder / 'images')
    write_keys(folder)
    titles['index.ko.md'] = '한국어'
    return navigation({'index.md': 'Home', 'keys.md': 'Every key'} | titles | {'contributing.md': 'Contributing'})


def main(serve: bool) -> int:
    "Build the site beside its old self, then put it in the old one's place."
    with tempfile.TemporaryDirectory() as work:
        work = Path(work)
        (work / 'pages').mkdir()
        config = CONFIG | dict(nav=write_pages(work / 'pages'))
        (work / 'pages' / 'wide.css').write_text(WIDE, encoding='utf-8')
        settings = yaml.safe_dump(config, allow_unicode=True).replace('anchor_of', ANCHORS)
        (work / 'mkdocs.yml').write_text(settings, encoding='utf-8')
        command = ['zensical', *(['serve'] if serve else ['build', '--strict']), '-f', 'mkdocs.yml']
        done = subprocess.run(command, cwd=work).returncode
        if done == 0 and not serve:
            shutil.rmtree(SITE, ignore_errors=True)
            shutil.copytree(work / 'site', SITE)
            (SITE / '.nojekyll').touch() # GitHub Pages serves the folder as it is
            print(f'{len(list(SITE.rglob("*.html")))} pages in {SITE}/')
    return done


if __name__ == '__main__':
    sys.exit(main('--serve' in sys.argv))
