"Rooms: the modules that notebooks are exported to."
import re
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path


def file_of(room: str) -> Path:
    "The module of a room: data.types → toss_ctr/data/types.py."
    return Path('toss_ctr', *room.split('.')).with_suffix('.py')


def rooms() -> dict[str, Path]:
    "Room → its notebook, in the order of the notebooks."
    found = {}
    for file in Path('toss_ctr').rglob('*.py'):
        if written := re.search(r'File to edit: \S*?(nbs/\S+\.ipynb)', file.read_text(encoding='utf-8')):
            found['.'.join(file.with_suffix('').parts[1:])] = Path(written[1])
    return dict(sorted(found.items(), key=lambda room: room[1]))


@contextmanager
def changed_copy(file: Path, old: str, new: str):
    "Context manager: a folder with a copy of the package in which a file has another text."
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree('toss_ctr', f'{folder}/toss_ctr', ignore=shutil.ignore_patterns('__pycache__'))
        copy = Path(folder, file)
        copy.write_text(copy.read_text(encoding='utf-8').replace(old, new), encoding='utf-8')
        yield Path(folder)
