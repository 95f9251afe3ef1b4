"""Tables of README.md and README.ko.md, read from what committed notebooks measured and from the package itself.

Both index notebooks take their rows from here, so a figure stands in one place only. Run from nbs/.
"""
import json
import re
from pathlib import Path

from toss_ctr.config.load import keys_table


def markdown_table(head: list[str], rows: list) -> str:
    "A table in Markdown."
    lines = [head, ['---'] * len(head), *rows]
    return '\n'.join('| ' + ' | '.join(cells) + ' |' for cells in lines) + '\n'


def figures(name: str):
    "What a benchmark wrote."
    return json.loads(Path(f'benchmarks/{name}.json').read_text(encoding='utf-8'))


def shown(notebook: str, word: str) -> dict[str, list[str]]:
    "Rows of the first table a notebook shows that has this word in it: name → cells."
    for cell in json.loads(Path(notebook).read_text(encoding='utf-8'))['cells']:
        for output in cell.get('outputs', []):
            lines = ''.join(output.get('data', {}).get('text/plain', [])).splitlines()
            if len(lines) > 1 and any(line.startswith(word) for line in lines):
                return {line.split('  ')[0]: re.split(' {2,}', line.strip())[1:] for line in lines[1:]}
    raise ValueError(f'{notebook}: no table with {word}')


PLANTED_ATTENTION = {
    'average': 'recency mean, no attention',
    'coupled': 'one table for both roles',
    'DARE': 'DARE',
    'true attention': 'the true attention put in',
}


def quality() -> list[list[str]]:
    "One line a result: data, what was scored, how, where."
    papers = {row['metric']: row for row in figures('papers')}
    rows = []
    whose = {'QNN-α, preset `paper`, 3 seeds': 'ours', 'their ensemble': 'ensemble', 'as printed in the paper': 'paper'}
    for who, key in whose.items():
        scores = f"AUC {papers['AUC'][key]:.4f}, log loss {papers['logloss'][key]:.4f}"
        rows.append(['MovieLens-1M, the QNN-α paper’s protocol', who, scores, '[papers](benchmarks/papers.ipynb)'])
    for what, how in figures('kuairand'):
        rows.append(['KuaiRand, valid days', what, how, '[results](benchmarks/kuairand.ipynb)'])
    demo = figures('demo')
    for line in demo['table']:
        share = f"{line['share']:.1%} of the log-loss gap ({demo['logs']} logs)"
        rows.append(['generated, 150,000 rows (`toss run`)', line['what'], share, '[demo](benchmarks/demo.ipynb)'])
    for line in figures('recovery')['table']:
        share = f"{line['share']:.1%} of the log-loss gap (3 seeds)"
        rows.append(['generated, 200,000 rows', line['model'], share, '[recovery](benchmarks/recovery.ipynb)'])
    arms = {line['arm']: line for line in figures('dare')['table']}
    for arm, what in PLANTED_ATTENTION.items():
        share = f"{arms[arm]['share']:.1%} of the log-loss gap (3 logs)"
        rows.append(['generated, one id space', what, share, '[dare](benchmarks/dare.ipynb)'])
    for model, scores in figures('toss_full')['scores'].items():
        how = f"{scores['share']:.1%} of the log-loss gap, Score {scores['Score']:.4f}"
        rows.append(['generated, 10,704,179 rows, `toss_fast`', model, how, '[toss_full](benchmarks/toss_full.ipynb)'])
    movielens = 'tutorials/07_movielens.ipynb'
    for what, cells in shown(movielens, 'LightGBM').items():
        rows.append(['MovieLens-100k, test days', what, f'AUC {cells[0]}', f'[tutorial 7]({movielens})'])
    planted = 'tutorials/04_qnn_alpha_vs_low_rank.ipynb'
    for what, cells in shown(planted, 'low-rank').items():
        rows.append(['planted three-way interactions', what, f'AUC {cells[-1]}', f'[tutorial 4]({planted})'])
    return rows


def speed() -> list[list[str]]:
    "One line a step of the road: what, rows a second or times faster, where."
    cache, loader, models, metrics = (figures(name) for name in ('cache', 'loader', 'models', 'metrics_blend'))
    tokens = {name: line['us_per_row'] for name, line in cache['tokens'].items()}
    faster = tokens['python, 530 tokens a row'] / tokens['toss_ctr, 530 tokens a row']
    built = 1e3 / cache['builds']['1,000,000 rows, 0 workers']['us_per_row']
    shuffled = loader['shuffled']['rows_per_cpu_s']
    one_by_one = loader['row by row, shuffled']['rows_per_cpu_s']
    wanted = 'train', 1024, False, 'fp32'
    step = next(r for r in models['step'] if (r['what'], r['B'], r['encoder'], r['amp']) == wanted)
    others, ours = (
        metrics[name]['cpu_s'] for name in ('scikit-learn AP, AUC, log-loss, 10 M rows', 'all_metrics, 10 M rows')
    )
    trained = f"{step['rows_per_s'] / 1e3:,.0f} thousand rows/s, {step['ratio']:.0f} × plain PyTorch"
    read = f'{shuffled / 1e3:,.0f} thousand rows/s, {shuffled / one_by_one:.0f} × row by row'
    whole = figures('toss_full')
    rows = {name: f"{1e3 / us:,.0f} thousand rows/s" for name, us in whole['us_per_row'].items()}
    return [
        ['history text → tokens, 530 a row', f'{faster:.0f} × plain Python', '[cache](benchmarks/cache.ipynb)'],
        ['Parquet → verified shards', f'{built:,.0f} thousand rows/s', '[cache](benchmarks/cache.ipynb)'],
        ['Parquet → verified shards, whole histories', rows['cache'], '[toss_full](benchmarks/toss_full.ipynb)'],
        ['five folds predict, whole histories', rows['inference'], '[toss_full](benchmarks/toss_full.ipynb)'],
        ['shuffled batches', read, '[loader](benchmarks/loader.ipynb)'],
        ['a training step, 1,024 rows', trained, '[models](benchmarks/models.ipynb)'],
        ['all metrics, 10 M rows', f'{others / ours:.0f} × scikit-learn', '[metrics](benchmarks/metrics_blend.ipynb)'],
    ]


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


def commands(notebook: str) -> list[tuple[str, str]]:
    "Blocks of shell, Python and YAML on a page, in its order: language and text."
    cells = json.loads(Path(notebook).read_text(encoding='utf-8'))['cells']
    text = '\n\n'.join(''.join(cell['source']) for cell in cells if cell['cell_type'] == 'markdown')
    return re.findall(r'^```(sh|python|yaml)\n(.*?)^```', text, flags=re.M | re.S)
