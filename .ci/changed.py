"""The notebooks that a change reaches: those changed, and rooms that import a changed room, however far away;
pages and tutorials only where they are changed themselves.

`python .ci/changed.py [COMMIT]` prints a pattern for `nbdev_test --file_re`; '' = none. Compared is the working tree,
new files included, with a commit (default: HEAD).
"""
import re
import subprocess
import sys
from pathlib import Path

import grimp
from rooms import file_of, rooms


def names_changed(commit: str) -> set[str]:
    "Paths that differ from a commit, and those that git doesn't know yet."
    ask = lambda *words: subprocess.run(['git', *words], check=True, capture_output=True, text=True).stdout.split('\n')
    return {*ask('diff', '--name-only', commit), *ask('ls-files', '--others', '--exclude-standard')}


def reached(changed: set[str]) -> set[Path]:
    "The notebooks to run."
    notebooks, graph = rooms(), grimp.build_graph('toss_ctr', cache_dir=None)
    for module in graph.find_modules_directly_imported_by('toss_ctr'):  # which loads what it is asked for
        graph.remove_import(importer='toss_ctr', imported=module)
    hit = {f'toss_ctr.{room}' for room in notebooks if changed & {str(file_of(room)), str(notebooks[room])}}
    hit |= {module for one in hit for module in graph.find_downstream_modules(one)}
    found = {file for file in Path('nbs').rglob('*.ipynb') if str(file) in changed}
    for room, file in notebooks.items():
        named = re.findall(r'toss_ctr(?:\.\w+)+', file.read_text(encoding='utf-8'))  # tests may import anything
        found |= {file} if f'toss_ctr.{room}' in hit or hit & {*named} else set()
    return found


if __name__ == '__main__':
    print('|'.join(sorted({re.escape(file.name) for file in reached(names_changed((sys.argv[1:] or ['HEAD'])[0]))})))
