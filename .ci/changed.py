"""The notebooks that a change reaches, nearest first: those changed, rooms that import a changed room, rooms that
import those, and so on; pages and tutorials only where they are changed themselves.

`python .ci/changed.py [COMMIT]` prints a path a line. Compared is the working tree, new files included, with a commit
(default: HEAD).
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


def distances(changed: set[str]) -> dict[Path, int]:
    "Notebook → how many imports it is away from a change."
    notebooks, graph = rooms(), grimp.build_graph('toss_ctr', cache_dir=None)
    for module in graph.find_modules_directly_imported_by('toss_ctr'):  # which loads what it is asked for
        graph.remove_import(importer='toss_ctr', imported=module)
    found, steps = {Path(name): 0 for name in changed if name.endswith('.ipynb') and Path(name).exists()}, {}
    front = {f'toss_ctr.{room}' for room in notebooks if changed & {str(file_of(room)), str(notebooks[room])}}
    while front:
        steps |= dict.fromkeys(front, max(steps.values(), default=-1) + 1)
        front = {one for module in front for one in graph.find_modules_that_directly_import(module)} - steps.keys()
    for room, file in notebooks.items():
        named = re.findall(r'toss_ctr(?:\.\w+)+', file.read_text(encoding='utf-8'))  # tests may import anything
        away = [steps[module] + 1 for module in named if module in steps]
        if away or f'toss_ctr.{room}' in steps:
            found[file] = min([*away, steps.get(f'toss_ctr.{room}', len(steps)), found.get(file, len(steps))])
    return found


if __name__ == '__main__':
    away = distances(names_changed((sys.argv[1:] or ['HEAD'])[0]))
    for file in sorted(away, key=lambda file: (away[file], file)):
        print(file)
