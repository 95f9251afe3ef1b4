"""Does `figures.py --check` refuse what it should? A copy of pages and JSONs, with one thing wrong at a time."""
import json
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path

from figures import complaints, OLDER, page_files, PAGES, tables
from measured import code_of, kept, MEASURES, ROOT


def change(file: Path, old: str, new: str):
    "Put other words into a file, once."
    text = file.read_text(encoding='utf-8')
    assert old in text, f'{file.name} has no {old}'
    file.write_text(text.replace(old, new, 1), encoding='utf-8')


@contextmanager
def copied():
    "What the checker reads, in a folder of its own."
    with tempfile.TemporaryDirectory() as folder:
        for name in [name for page in PAGES for name in page_files(page)]:
            Path(folder, name).parent.mkdir(exist_ok=True)
            shutil.copy(ROOT / name, Path(folder, name))
        for part in ('toss_ctr', 'nbs/benchmarks'):
            shutil.copytree(ROOT / part, Path(folder, part), ignore=shutil.ignore_patterns('*.ipynb', '__pycache__'))
        yield Path(folder)


def made_young(root: Path, name: str):
    "A benchmark measured at the code as it is, and both pages that say so."
    before = {page: ''.join(tables(page, root)[:3]).splitlines() for page in PAGES}
    young = kept(name, root) | dict(code=code_of(name, root))
    (root / f'nbs/benchmarks/{name}.json').write_text(json.dumps(young), encoding='utf-8')
    for page, lines in before.items():
        now, results = ''.join(tables(page, root)[:3]).splitlines(), root / page_files(page)[-1]
        for old, new in zip(lines, now, strict=True):
            if old != new:
                change(results, old, new)


def refused(plant, word: str):
    "Nothing is said of a copy before `plant` changes it, and then the line with this word."
    with copied() as root:
        made_young(root, 'speed')
        assert complaints(root) == []
        plant(root)
        found = complaints(root)
        assert any(word in line for line in found), (word, found)


def figure(root):
    change(root / 'nbs/results.ipynb', 'AUC 0.9', 'AUC 0.8')


def result(root):
    change(root / 'nbs/benchmarks/papers.json', '"ours": 0.9', '"ours": 0.8')


def of_other_code(root):
    change(root / 'toss_ctr/models/dare.py', '\n    return ', '\n    return 1 * ')


def of_a_new_file(root):
    (root / 'toss_ctr/models/extra.py').write_text('more = 1\n')


def stamp(root):
    change(root / 'nbs/benchmarks/dare.json', '"machine"', '"place"')


def unknown(root):
    shutil.copy(root / 'nbs/benchmarks/dare.json', root / 'nbs/benchmarks/new.json')


def of_the_last_days(root):
    change(root / 'toss_ctr/presets/kuairand.yaml', 'scheme: group_kfold', 'scheme: forward')


def said(words, page='README.md'):
    return lambda root: change(root / page, '\n## ', f'\n{words}\n\n## ')


refused(figure, 'README.md: no line | MovieLens-1M')
refused(result, 'README.ko.md: no line | MovieLens-1M')
refused(of_other_code, 'README.md: no line | a training step, toss')
refused(of_a_new_file, OLDER)
refused(of_other_code, '이전 버전의 코드')
refused(stamp, 'dare.json: without machine')
refused(unknown, 'new.json: .ci/measured.py does not say')
refused(of_the_last_days, 'kuairand.yaml: cv.scheme forward')
for words in ('It takes 12 minutes.', 'About half an hour.', 'An AUC of .71 or 0.712.', '8 GB will do.', '30 % faster'):
    refused(said(words), 'a figure that no JSON holds')
refused(said('| generated | a model of ours | 91.2% of the gap |'), 'a figure that no JSON holds')
refused(said('약 30분 걸립니다.', 'README.ko.md'), 'a figure that no JSON holds')

with copied() as root:  # words may change, and what no benchmark comes to
    made_young(root, 'speed')
    change(root / 'toss_ctr/models/dare.py', '\n    return ', '\n    # why\n\n    return ')
    change(root / 'toss_ctr/models/dare.py', '"""', '"""Other words. ')
    change(root / 'toss_ctr/data/folds.py', '_CUT = 0.1', '_CUT = 0.2')
    assert complaints(root) == []
assert all(code_of(name) for name in MEASURES)
print('every planted fault is refused')
