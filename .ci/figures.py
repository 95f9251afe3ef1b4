"""Tables of both READMEs and of the pages behind them, read from what benchmarks measured and from the package itself.

The notebooks of these pages take them from here, so a figure stands in one place only; a line says if the small
twin of its benchmark has moved since. `--check` refuses other figures in their prose, and a benchmark without a twin.
"""
import json
import re
import sys
from pathlib import Path

import yaml
from published import judged, kept, moved, ROOT, STAMP, TWIN

from toss_ctr.config.load import keys_table

WORDS = yaml.safe_load((ROOT / '.ci/figures.yaml').read_text(encoding='utf-8'))
PAGES = WORDS['pages']
GAP, SINCE = 'of the log-loss gap', '; its small twin has moved since: '


def markdown_table(head: list[str], rows: list) -> str:
    "A table in Markdown."
    lines = [head, ['---'] * len(head), *rows]
    return '\n'.join('| ' + ' | '.join(cells) + ' |' for cells in lines) + '\n'


def figures(name: str):
    "What a benchmark found."
    return kept(name)['result']


def origin(name: str, page: str = '') -> list[str]:
    "The last cells of a line: the notebook, and when it was measured; how far its small twin has moved since."
    twin, page = moved(name), page or name
    since = f'{SINCE}{twin[0]} {twin[1]:+.2g}' if twin else ''
    return [f'[{page}](benchmarks/{page}.ipynb)', kept(name)['date'] + since]


def presets() -> list[list[str]]:
    "One line a preset of the Toss task."
    rows = []
    for preset, (what, name) in WORDS['presets'].items():
        minutes = f"{figures(name)['total']['wall_min']:.0f} minutes on two cores, no GPU"
        rows.append([f'`{preset}`', what, minutes, *origin(name, 'toss_full')])
    return [*rows, WORDS['gpu']]


def rivals(log: str) -> tuple[str, list[tuple]] | None:
    "Title of a log, and a line a model, ours first: name, mean over seeds, in words, settings tried, verdict."
    name, lines = f'yardstick_{log}', []
    if not (ROOT / f'nbs/benchmarks/{name}.json').exists() or not judged(entry := figures(name)):
        return None
    for model, of in entry['rivals'].items():
        key = 'share' if 'share' in of['seeds'][0] else 'AUC'
        mean = sum(one[key] for one in of['seeds']) / len(of['seeds'])
        how = f'{mean:.1%} {GAP}' if key == 'share' else f'AUC {mean:.4f}'
        lines.append((model, mean, how, len(of['tried']) if lines else entry['trials'], of.get('verdict')))
    return entry['title'], lines


def yardstick(log: str) -> list[list[str]]:
    "Lines of a log's yardstick: model, how many settings were tried, how much was reached, and beside the first one."
    (title, lines), where = rivals(log), origin(f'yardstick_{log}', 'yardstick')
    verdicts = ['', *(f', {line[-1]}' for line in lines[1:])]
    return [
        [title, f'{model}, {tried} settings', how + verdict, *where]
        for (model, _, how, tried, _), verdict in zip(lines, verdicts, strict=True)
    ]


def headline() -> list[list[str]]:
    "One line a log: ours, its best rival, who leads, where and when."
    of, rows = figures('papers')[0], []
    leads = 'QNN-α' if of['ours'] > of['paper'] else 'the paper'
    paper = [WORDS['quality'][0][2], f"AUC {of['ours']:.4f}", f"the paper {of['paper']:.4f}", leads, *origin('papers')]
    for log in filter(rivals, WORDS['headlines']):
        title, (mine, *others) = rivals(log)
        best = max(others, key=lambda line: line[1])
        leads = dict(ahead=best[0], behind=mine[0], level='level')[best[-1]]
        pair = [re.sub(f', (.*) {GAP}', r', gap \1', f'{line[0]}, {line[2]}') for line in (mine, best)]
        rows.append([title, *pair, leads, *origin(f'yardstick_{log}', 'yardstick')])
    return [paper, *rows]


def quality() -> list[list[str]]:
    "One line a result: data, what was scored, how, where and when; of a model that a yardstick has searched none."
    rows = []
    for name, part, data, *templates in WORDS['quality']:
        result, seeds = figures(name), len(kept(name)['seeds'])
        lines = [result] if part == 'whole' else result[part] if part else result
        for line in lines.items() if isinstance(lines, dict) else lines:
            what, how = (template.format(line, result=result, seeds=seeds) for template in templates)
            if what not in WORDS['left_out'] and (what not in WORDS['searched'] or not rivals(name)):
                alone = ', not searched' * (what == 'LightGBM')
                rows.append([data, WORDS['arms'].get(what, what) + alone, how, *origin(name)])
    return rows + [line for log in filter(rivals, WORDS['yardsticks']) for line in yardstick(log)]


def speed() -> list[list[str]]:
    "One line a step of the road: what, how long we take, the best of each kind beside it, where and when."
    rows = []
    for race in figures('speed')['races']:
        of = [f"{'floor: ' * (line['kind'] == 'floor')}{line['way']} {line['ratio']:.2f} ×" for line in race['best']]
        rows.append([race['what'], f"{race['us_a_row']:.1f} µs a row", '; '.join(of), *origin('speed')])
    return rows


def key_rows(meanings: dict[str, str]) -> list[list[str]]:
    "Keys with the defaults the package has now; the meanings are the caller's."
    defaults = {key: default for key, default, _ in keys_table()}
    return [[f'`{key}`', f'`{defaults[key]}`', meaning] for key, meaning in meanings.items()]


def in_other_words(cell: str, words: dict[str, str]) -> str:
    "A cell with phrases replaced, longer ones first; numbers and links stay."
    for phrase in sorted(words, key=len, reverse=True):
        cell = cell.replace(phrase, words[phrase])
    return cell


def tables(page: str) -> list[str]:
    "The tables of a page and those behind it: presets, quality, speed, and the README's own."
    texts = []
    for make in (presets, quality, speed, headline):
        rows = [[in_other_words(cell, PAGES[page]['words']) for cell in row] for row in make()]
        texts.append(markdown_table(PAGES[page][make.__name__], rows))
    return texts


def prose(notebook: Path) -> str:
    "The texts of a page."
    cells = json.loads(notebook.read_text(encoding='utf-8'))['cells']
    return '\n\n'.join(''.join(cell['source']) for cell in cells if cell['cell_type'] == 'markdown')


def commands(notebook: str) -> list[tuple[str, str]]:
    "Blocks of shell, Python and YAML on a page, in its order: language and text."
    return re.findall(r'^```(sh|python|yaml)\n(.*?)^```', prose(Path(notebook)), flags=re.M | re.S)


UNITS = r'[%×초배]|분(?!의)|시간|천 행|(?:thousand|ms|s|min|h|minutes?|hours?|seconds?|[KMG]i?B|rows/s)\b'
HOURS = r'\b(?:half an|an?|one|two|three|five|ten) (?:minute|hour)s?\b'
FIGURE = re.compile(rf'.{{0,30}}(?:\d\.\d|\d[\d,]* ?(?:{UNITS})|{HOURS}).{{0,30}}')


def loose_figures(text: str) -> list[str]:
    "Figures in the prose of a page: numbers with a decimal point, a per cent sign or a unit of time, size or speed."
    bare = re.sub(r'^```.*?^```|`[^`\n]*`|\]\([^)]*\)', '', text, flags=re.M | re.S)
    for phrase in WORDS['not_measured']:
        bare = bare.replace(phrase, '')
    return [found[0] for found in FIGURE.finditer(bare)]


def complaints():
    "What is wrong with the figures of the pages; one line each."
    for name in sorted(path.stem for path in (ROOT / 'nbs/benchmarks').glob('*.json')):
        lacks = STAMP - kept(name).keys() | ({'a twin in .ci/published.py'} if name not in TWIN else set())
        yield from (f'{name}.json: without {key}' for key in sorted(lacks))
    for page in (ROOT / file for of in PAGES.values() for file in of['files']):
        yield from (f'{page.name}: a figure that no JSON holds: {words}' for words in loose_figures(prose(page)))


if '--check' in sys.argv and (wrong := [*complaints()]):
    sys.exit('\n'.join(wrong))
