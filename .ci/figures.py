"""Tables of both READMEs and of the pages behind them, read from what benchmarks measured and from the package itself.

The notebooks of these pages take them from here, so a figure stands in one place only. `--check` refuses a page whose
figures are not the JSONs', that does not say which were measured at an older state, or has figures beside its tables.
"""
import json
import re
import sys
from pathlib import Path

from measured import judged, kept, MEASURES, older, ROOT

from toss_ctr.config.load import keys_table

STAMP = {'commit', 'date', 'machine', 'seeds', 'code', 'result'}
OLDER = ', at an older state'


def markdown_table(head: list[str], rows: list) -> str:
    "A table in Markdown."
    lines = [head, ['---'] * len(head), *rows]
    return '\n'.join('| ' + ' | '.join(cells) + ' |' for cells in lines) + '\n'


def figures(name: str, root: Path = ROOT):
    "What a benchmark found."
    return kept(name, root)['result']


def origin(name: str, root: Path = ROOT, page: str = '', link: str = '') -> list[str]:
    "The last cells of a line: the notebook, and when it was measured; with a mark where the code is another by now."
    measured = kept(name, root)['date'] + (OLDER if older(name, root) else '')
    return [f"[{link or name}]({page or f'benchmarks/{name}.ipynb'})", measured]


PLANTED_ATTENTION = {
    'average': 'recency mean, no attention',
    'coupled': 'one table for both roles',
    'DARE': 'DARE',
    'true attention': 'the true attention put in',
}


def presets(root: Path = ROOT) -> list[list[str]]:
    "One line a preset of the Toss task."
    pages = 'toss_full', 'toss_whole'
    fast, wide = (f"{figures(page, root)['total']['wall_min']:.0f} minutes on two cores, no GPU" for page in pages)
    wide_is, gpu_is = 'twice the widths, a quarter of the negatives', 'the encoder of the project this one grew from'
    fast_is = 'whole histories of distinct tokens, a fifth of the negatives drawn anew each epoch, two epochs'
    where = [origin(page, root, 'benchmarks/toss_full.ipynb', 'toss_full') for page in pages]
    cpu = [['`toss_fast`', fast_is, fast, *where[0]], ['`toss`', wide_is, wide, *where[1]]]
    return [*cpu, ['`toss_gpu`', gpu_is, 'made for a GPU, not timed', '', '']]


DEMOS = {
    'demo': 'generated, one id space (`toss run`)',
    'toss_demo': 'generated, 150,000 rows (`toss run toss_demo`)',
}
MEMBERS = 'network', 'LightGBM', 'DARE + QNN-α'  # a yardstick has them with equal trials and seconds


def yardstick(log: str, root: Path) -> list[list[str]]:
    "Lines of a log's yardstick: who, how many settings were tried, how much was reached, and beside the first one."
    if not (root / f'nbs/benchmarks/yardstick_{log}.json').exists():
        return []
    rows, entry = [], figures(f'yardstick_{log}', root)
    if not judged(entry):
        return []
    for name, of in entry['rivals'].items():
        seeds = of['seeds']
        mean = lambda key: sum(one[key] for one in seeds) / len(seeds)
        how = f"{mean('share'):.1%} of the log-loss gap" if 'share' in seeds[0] else f"AUC {mean('AUC'):.4f}"
        tried = len(of['tried']) if rows else entry['trials']
        beside = f", {of['verdict']}" if rows else ''
        where = origin(f'yardstick_{log}', root, 'benchmarks/yardstick.ipynb', 'yardstick')
        rows.append([entry['title'], f'{name}, {tried} settings', how + beside, *where])
    return rows


HEADLINES = 'demo', 'ml100k', 'kuairand', 'toss_full', 'toss_million', 'triples', 'pairs'  # logs of the README


def headline(root: Path = ROOT) -> list[list[str]]:
    "One line a log: ours, its best rival, who leads, where and when."
    papers = {row['metric']: row for row in figures('papers', root)}['AUC']
    ours, printed = papers['ours'], papers['paper']
    who = 'QNN-α' if ours > printed else 'the paper'
    where = origin('papers', root)
    rows = [['MovieLens-1M, the QNN-α paper’s protocol', f'AUC {ours:.4f}', f'the paper {printed:.4f}', who, *where]]
    for log in HEADLINES:
        lines = yardstick(log, root)
        if not lines:
            continue
        of = figures(f'yardstick_{log}', root)['rivals']
        key = 'share' if 'share' in next(iter(of.values()))['seeds'][0] else 'AUC'
        mean = {name: sum(one[key] for one in rival['seeds']) / len(rival['seeds']) for name, rival in of.items()}
        mine, *others = mean
        best = max(others, key=mean.get)
        leads = dict(ahead=best, behind=mine, level='level')[of[best]['verdict']]
        said = {name: f'gap {mean[name]:.1%}' if key == 'share' else f'AUC {mean[name]:.4f}' for name in (mine, best)}
        rows.append([lines[0][0], f'{mine}, {said[mine]}', f'{best}, {said[best]}', leads, *lines[0][3:]])
    return rows


def unsearched(log: str, what: str, root: Path) -> str | None:
    "How a model is called that a yardstick has not; None where it has it."
    if what not in MEMBERS:
        return what
    if yardstick(log, root):
        return None
    return f'{what}, not searched' if what == 'LightGBM' else what


def quality(root: Path = ROOT) -> list[list[str]]:
    "One line a result: data, what was scored, how, where and when."
    papers = {row['metric']: row for row in figures('papers', root)}
    rows = []

    def add(data, name, what, how):
        if what:
            rows.append([data, what, how, *origin(name, root)])

    whose = {'QNN-α, preset `paper`, 3 seeds': 'ours', 'their ensemble': 'ensemble', 'as printed in the paper': 'paper'}
    for who, key in whose.items():
        scores = f"AUC {papers['AUC'][key]:.4f}, log loss {papers['logloss'][key]:.4f}"
        add('MovieLens-1M, the QNN-α paper’s protocol', 'papers', who, scores)
    for what, how in figures('kuairand', root):
        add('KuaiRand, valid days', 'kuairand', unsearched('kuairand', what, root), how)
    for name, log in DEMOS.items():
        demo = figures(name, root)
        for line in demo['table']:
            share = f"{line['share']:.1%} of the log-loss gap ({demo['logs']} logs)"
            add(log, name, unsearched(name, line['what'], root), share)
    for line in figures('recovery', root)['table']:
        share = f"{line['share']:.1%} of the log-loss gap (3 seeds)"
        add('generated, 200,000 rows', 'recovery', unsearched('recovery', line['model'], root), share)
    arms, n_logs = {line['arm']: line for line in figures('dare', root)['table']}, len(kept('dare', root)['seeds'])
    for arm, what in PLANTED_ATTENTION.items():
        add('generated, one id space', 'dare', what, f"{arms[arm]['share']:.1%} of the log-loss gap ({n_logs} logs)")
    for model, scores in figures('toss_full', root)['scores'].items():
        how = f"{scores['share']:.1%} of the log-loss gap, Score {scores['Score']:.4f}"
        add('generated, 10,704,179 rows, `toss_fast`', 'toss_full', unsearched('toss_full', model, root), how)
    logs = 'ml100k kuairand pairs triples recovery demo toss_demo dare toss_million toss_full'
    for log in logs.split():
        rows += yardstick(log, root)
    return rows


def speed(root: Path = ROOT) -> list[list[str]]:
    "One line a step of the road: what, how long we take, the best of each kind beside it, where and when."
    where, rows = origin('speed', root), []
    for race in figures('speed', root)['races']:
        of = [f"{'floor: ' * (line['kind'] == 'floor')}{line['way']} {line['ratio']:.2f} ×" for line in race['best']]
        beside = '; '.join(of)
        rows.append([race['what'], f"{race['us_a_row']:.1f} µs a row", beside, *where])
    return rows


def key_rows(meanings: dict[str, str]) -> list[list[str]]:
    "Keys with the defaults the package has now; the meanings are the caller's."
    defaults = {key: default for key, default, _ in keys_table()}
    return [[f'`{key}`', f'`{defaults[key]}`', meaning] for key, meaning in meanings.items()]


def in_other_words(rows: list[list[str]], words: dict[str, str]) -> list[list[str]]:
    "Rows with phrases replaced, longer ones first; numbers and links stay."
    ordered = sorted(words, key=len, reverse=True)

    def changed(cell):
        for phrase in ordered:
            cell = cell.replace(phrase, words[phrase])
        return cell

    return [[changed(cell) for cell in row] for row in rows]


KOREAN = {
    'MovieLens-1M, the QNN-α paper’s protocol': 'MovieLens-1M, QNN-α 논문의 방식',
    'QNN-α, preset `paper`, 3 seeds': 'QNN-α, 프리셋 `paper`, 시드 3개',
    'their ensemble': '이들의 앙상블',
    'as printed in the paper': '논문에 실린 값',
    'KuaiRand, valid days': 'KuaiRand, 검증 기간',
    'generated, 150,000 rows (`toss run toss_demo`)': '생성 로그, 15만 행(`toss run toss_demo`)',
    'plain mean': '단순 평균',
    'handed in': '제출한 것',
    'generated, 200,000 rows': '생성 로그, 20만 행',
    'recency mean, no attention': '최근성 평균, 어텐션 없음',
    'without the sequence': '시퀀스 없음',
    ' of the log-loss gap (3 seeds)': ' (로그 손실 간격, 시드 3개)',
    ' of the log-loss gap (3 logs)': ' (로그 손실 간격, 로그 3개)',
    ' of the log-loss gap (5 logs)': ' (로그 손실 간격, 로그 5개)',
    'generated, one id space': '생성 로그, 타깃과 히스토리가 같은 id 공간',
    'one table for both roles': '두 역할에 테이블 하나',
    'the true attention put in': '실제 어텐션을 넣음',
    'log loss': '로그 손실',
    'MovieLens-100k, test days': 'MovieLens-100k, 테스트 기간',
    'planted three-way interactions': '인위적으로 넣은 3차 상호작용',
    'planted pairs': '인위적으로 넣은 2차 상호작용',
    ' settings': '개 설정',
    ', not searched': ', 탐색 없음',
    ', as many weights': ', 같은 가중치 수',
    ', ahead': ', 앞섬',
    ', level': ', 비슷함',
    ', behind': ', 뒤짐',
    'low-rank': '저랭크',
    'the paper': '논문',
    'gap ': '격차 해소율 ',
    'level': '비슷함',
    'generated, 10,704,179 rows, ': '생성 로그, 1,070만 행, ',
    'generated, 10,704,179 rows': '생성 로그, 1,070만 행',
    'generated, 1,000,000 rows': '생성 로그, 100만 행',
    ' of the log-loss gap': ' (로그 손실 간격)',
    'history text → tokens, ids above 10,000': '히스토리 텍스트 → 토큰, 1만이 넘는 id',
    'history text → tokens': '히스토리 텍스트 → 토큰',
    'Parquet file → arrays for training': 'Parquet 파일 → 학습용 배열',
    'an epoch of shuffled batches': '섞은 배치 한 에폭',
    'a training step': '학습 스텝',
    'a fold trained': '폴드 하나 학습',
    '4,096 rows in memory predicted': '메모리의 4,096행 예측',
    'a Parquet file predicted': 'Parquet 파일 예측',
    'floor: ': '하한: ',
    ' µs a row': ' µs/행',
    'network': '네트워크',
    'ensemble': '앙상블',
    ', at an older state': ', 이전 버전의 코드',
    ' minutes on two cores, no GPU': '분(2코어, GPU 없음)',
    'whole histories of distinct tokens': '서로 다른 토큰의 전체 히스토리',
    'a fifth of the negatives': '음성(비클릭)의 5분의 1을',
    ' drawn anew each epoch, two epochs': ' 에폭마다 새로 추출, 두 에폭',
    'twice the widths, a quarter of the negatives': '너비 두 배, 음성의 4분의 1',
    'made for a GPU, not timed': 'GPU용, 재지 않음',
    'the encoder of the project this one grew from': '이 프로젝트의 전신에 있던 인코더',
}

PAGES = {  # page → pages behind it, heads of their tables, words of its language
    'README.md': (
        ['nbs/manual.ipynb', 'nbs/results.ipynb'],
        ['preset', 'what it is', 'from files to report', 'notebook', 'measured'],
        ['data', 'what', 'result', 'notebook', 'measured'],
        ['step', 'ours', 'beside it (× ours)', 'notebook', 'measured'],
        ['log', 'ours', 'its best rival', 'leads', 'notebook', 'measured'],
        {},
    ),
    'README.ko.md': (
        ['nbs/manual.ko.ipynb', 'nbs/results.ko.ipynb'],
        ['프리셋', '내용', '파일에서 리포트까지', '노트북', '측정일'],
        ['데이터', '모델', '결과', '노트북', '측정일'],
        ['단계', '이 패키지', '비교(이 패키지의 몇 배)', '노트북', '측정일'],
        ['로그', '이 패키지', '가장 강한 상대', '앞선 쪽', '노트북', '측정일'],
        KOREAN,
    ),
}


def tables(page: str, root: Path = ROOT) -> list[str]:
    "The tables of a page and those behind it: presets, quality, speed, and the README's own."
    _, *heads, words = PAGES[page]
    rows = [in_other_words(make(root), words) for make in (presets, quality, speed, headline)]
    return [markdown_table(head, lines) for head, lines in zip(heads, rows, strict=True)]


def headline_table(page: str) -> str:
    "The README's own table."
    return tables(page)[-1]


def page_files(page: str) -> list[str]:
    "The page, and those behind it."
    return [page, *PAGES[page][0]]


def page_text(page: str, root: Path = ROOT) -> str:
    "What a page and those behind it say; links as those of the README."
    files = [root / name for name in page_files(page)]
    said = [files[0].read_text(encoding='utf-8')]
    for file in files[1:]:
        cells = json.loads(file.read_text(encoding='utf-8'))['cells']
        said += [''.join(cell['source']) for cell in cells if cell['cell_type'] == 'markdown']
        shown = [output.get('data', {}).get('text/markdown', '') for c in cells for output in c.get('outputs', [])]
        said += [''.join(text).replace('](', '](nbs/') for text in shown]
    return '\n'.join(said)


def commands(notebook: str) -> list[tuple[str, str]]:
    "Blocks of shell, Python and YAML on a page, in its order: language and text."
    cells = json.loads(Path(notebook).read_text(encoding='utf-8'))['cells']
    text = '\n\n'.join(''.join(cell['source']) for cell in cells if cell['cell_type'] == 'markdown')
    return re.findall(r'^```(sh|python|yaml)\n(.*?)^```', text, flags=re.M | re.S)


UNITS = r'[%×초배]|분(?!의)|시간|천 행|(?:thousand|ms|s|min|h|minutes?|hours?|seconds?|[KMG]i?B|rows/s)\b'
WORDS = r'\b(?:half an|an?|one|two|three|five|ten) (?:minute|hour)s?\b'
FIGURE = re.compile(rf'.{{0,30}}(?:\d\.\d|\d[\d,]* ?(?:{UNITS})|{WORDS}).{{0,30}}')
NOT_MEASURED = [  # versions, names, sizes of a log, limits that the server sets
    *['Python 3.11', 'arXiv 2410.02604', 'arXiv 2505.17999', 'Apache-2.0', '1 MiB', '10 s a request', '10초까지'],
    *['10.7 M rows', '10.7 million training and 1.5 million test rows'],
]


def loose_figures(text: str) -> list[str]:
    "Figures in the prose of a page: numbers with a decimal point, a per cent sign or a unit of time, size or speed."
    bare = re.sub(r'^```.*?^```|`[^`\n]*`|\]\([^)]*\)', '', text, flags=re.M | re.S)
    for phrase in NOT_MEASURED:
        bare = bare.replace(phrase, '')
    return [found[0] for found in FIGURE.finditer(bare)]


def complaints(root: Path = ROOT) -> list[str]:
    "What is wrong with the figures of both pages; one line each."
    names = sorted(path.stem for path in (root / 'nbs/benchmarks').glob('*.json'))
    found = [f'{name}.json: .ci/measured.py does not say what it measures' for name in names if name not in MEASURES]
    found += [f'{name}.json: without {key}' for name in names for key in sorted(STAMP - kept(name, root).keys())]
    asks = [*(root / 'nbs/benchmarks').glob('*.ipynb'), *(root / 'toss_ctr/presets').glob('*.yaml')]
    asked = re.compile(r"""scheme['"]?[:=] *['"]?forward""")
    later = [path.name for path in asks if asked.search(path.read_text(encoding='utf-8'))]
    found += [f'{name}: cv.scheme forward; take its code out of UNREACHED in .ci/measured.py' for name in later]
    if found:
        return found

    for page in PAGES:
        lines = page_text(page, root).splitlines()
        for line in ''.join(tables(page, root)).replace('](', '](nbs/').splitlines():
            if line in lines:
                lines.remove(line)
            else:
                found.append(f'{page}: no line {line}')
        loose = loose_figures('\n'.join(lines))
        found += [f'{page}: a figure that no JSON holds: {words}' for words in loose]
    return found


if '--check' in sys.argv and (wrong := complaints()):
    sys.exit('\n'.join([*wrong, 'run index, manual and results in nbs (and their .ko), then: python .ci/readme.py']))
