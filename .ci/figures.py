"""Tables of both READMEs and of the pages behind them, read from what benchmarks measured and from the package itself.

The notebooks of these pages take them from here, so a figure stands in one place only; a line says if the small
twin of its benchmark has moved since. `--check` refuses a page whose figures are not the JSONs', or that has others in
its prose.
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
    gpu = ['`toss_gpu`', 'the encoder of the project this one grew from', 'made for a GPU, not timed', '', '']
    return [*rows, gpu]


def rivals(log: str) -> tuple[dict, str, dict[str, float]] | None:
    "What a log's yardstick found, its metric, and model → mean over seeds, ours first; None if it is not judged."
    name = f'yardstick_{log}'
    if not (ROOT / f'nbs/benchmarks/{name}.json').exists() or not judged(entry := figures(name)):
        return None
    seeds = {rival: of['seeds'] for rival, of in entry['rivals'].items()}
    key = 'share' if 'share' in next(iter(seeds.values()))[0] else 'AUC'
    return entry, key, {rival: sum(one[key] for one in of) / len(of) for rival, of in seeds.items()}


def yardstick(log: str) -> list[list[str]]:
    "Lines of a log's yardstick: model, how many settings were tried, how much was reached, and beside the first one."
    rows, (entry, key, mean) = [], rivals(log)
    for name, of in entry['rivals'].items():
        how = f'{mean[name]:.1%} {GAP}' if key == 'share' else f'AUC {mean[name]:.4f}'
        tried = len(of['tried']) if rows else entry['trials']
        beside = f", {of['verdict']}" if rows else ''
        where = origin(f'yardstick_{log}', 'yardstick')
        rows.append([entry['title'], f'{name}, {tried} settings', how + beside, *where])
    return rows


def papers() -> dict[str, dict]:
    "Metric → what the page of the papers has of it."
    return {row['metric']: row for row in figures('papers')}


PAPER = 'MovieLens-1M, the QNN-α paper’s protocol'


def headline() -> list[list[str]]:
    "One line a log: ours, its best rival, who leads, where and when."
    of = papers()['AUC']
    leads = 'QNN-α' if of['ours'] > of['paper'] else 'the paper'
    rows = [[PAPER, f"AUC {of['ours']:.4f}", f"the paper {of['paper']:.4f}", leads, *origin('papers')]]
    for log in WORDS['headlines']:
        if not (found := rivals(log)):
            continue
        (entry, key, mean), lines = found, yardstick(log)
        mine, *others = mean
        best = max(others, key=mean.get)
        leads = dict(ahead=best, behind=mine, level='level')[entry['rivals'][best]['verdict']]
        pair = (f'{of}, ' + (f'gap {mean[of]:.1%}' if key == 'share' else f'AUC {mean[of]:.4f}') for of in (mine, best))
        rows.append([entry['title'], *pair, leads, *lines[0][3:]])
    return rows


def quality() -> list[list[str]]:
    "One line a result: data, what was scored, how, where and when."
    rows, scores = [], papers()

    def add(name, data, what, how):
        "A line; of a model that a yardstick has with equal trials none."
        if what in WORDS['searched']:
            if rivals(name):
                return
            what += ', not searched' * (what == 'LightGBM')
        rows.append([data, what, how, *origin(name)])

    for key, who in WORDS['papers'].items():
        add('papers', PAPER, who, f"AUC {scores['AUC'][key]:.4f}, log loss {scores['logloss'][key]:.4f}")
    for what, how in figures('kuairand'):
        add('kuairand', 'KuaiRand, valid days', what, how)
    for name, log in WORDS['demos'].items():
        demo = figures(name)
        for line in demo['table']:
            add(name, log, line['what'], f"{line['share']:.1%} {GAP} ({demo['logs']} logs)")
    for line in figures('recovery')['table']:
        add('recovery', 'generated, 200,000 rows', line['model'], f"{line['share']:.1%} {GAP} (3 seeds)")
    arms = {line['arm']: line['share'] for line in figures('dare')['table']}
    for arm, what in WORDS['arms'].items():
        how = f"{arms[arm]:.1%} {GAP} ({len(kept('dare')['seeds'])} logs)"
        add('dare', 'generated, one id space', what, how)
    for model, of in figures('toss_full')['scores'].items():
        how = f"{of['share']:.1%} {GAP}, Score {of['Score']:.4f}"
        add('toss_full', 'generated, 10,704,179 rows, `toss_fast`', model, how)
    return rows + [line for log in WORDS['yardsticks'] if rivals(log) for line in yardstick(log)]


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


def headline_table(page: str) -> str:
    "The README's own table."
    return tables(page)[-1]


def page_text(page: str) -> str:
    "What a page and those behind it say; links as those of the README."
    texts = [(ROOT / page).read_text(encoding='utf-8')]
    for file in PAGES[page]['behind']:
        cells = json.loads((ROOT / file).read_text(encoding='utf-8'))['cells']
        texts += [''.join(cell['source']) for cell in cells if cell['cell_type'] == 'markdown']
        shown = [output.get('data', {}).get('text/markdown', '') for c in cells for output in c.get('outputs', [])]
        texts += [''.join(text).replace('](', '](nbs/') for text in shown]
    return '\n'.join(texts)


def commands(notebook: str) -> list[tuple[str, str]]:
    "Blocks of shell, Python and YAML on a page, in its order: language and text."
    cells = json.loads(Path(notebook).read_text(encoding='utf-8'))['cells']
    text = '\n\n'.join(''.join(cell['source']) for cell in cells if cell['cell_type'] == 'markdown')
    return re.findall(r'^```(sh|python|yaml)\n(.*?)^```', text, flags=re.M | re.S)


UNITS = r'[%×초배]|분(?!의)|시간|천 행|(?:thousand|ms|s|min|h|minutes?|hours?|seconds?|[KMG]i?B|rows/s)\b'
HOURS = r'\b(?:half an|an?|one|two|three|five|ten) (?:minute|hour)s?\b'
FIGURE = re.compile(rf'.{{0,30}}(?:\d\.\d|\d[\d,]* ?(?:{UNITS})|{HOURS}).{{0,30}}')


def loose_figures(text: str) -> list[str]:
    "Figures in the prose of a page: numbers with a decimal point, a per cent sign or a unit of time, size or speed."
    bare = re.sub(r'^```.*?^```|`[^`\n]*`|\]\([^)]*\)', '', text, flags=re.M | re.S)
    for phrase in WORDS['not_measured']:
        bare = bare.replace(phrase, '')
    return [found[0] for found in FIGURE.finditer(bare)]


def complaints() -> list[str]:
    "What is wrong with the figures of both pages; one line each."
    names = sorted(path.stem for path in (ROOT / 'nbs/benchmarks').glob('*.json'))
    found = [f'{name}.json: .ci/published.py does not name its small twin' for name in names if name not in TWIN]
    found += [f'{name}.json: without {key}' for name in names for key in sorted(STAMP - kept(name).keys())]
    for page in [] if found else PAGES:
        lines = page_text(page).splitlines()
        for line in ''.join(tables(page)).replace('](', '](nbs/').splitlines():
            if line in lines:
                lines.remove(line)
            else:
                found.append(f'{page}: no line {line}')
        found += [f'{page}: a figure that no JSON holds: {words}' for words in loose_figures('\n'.join(lines))]
    return found


if '--check' in sys.argv and (wrong := complaints()):
    sys.exit('\n'.join([*wrong, 'run index, manual and results in nbs (and their .ko), then: python .ci/readme.py']))
