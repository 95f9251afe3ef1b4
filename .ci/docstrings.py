"""Help that a person can trust: every public name has a docstring, what it documents exists, and its examples run.

`python .ci/docstrings.py` checks all rooms, `python .ci/docstrings.py toss_ctr.models.dare` one of them.
What people use first, `MAIN`, has an example.
"""
import doctest
import importlib
import inspect
import pkgutil
import re
import sys

import toss_ctr

MAIN = set('''load_config prepare train_fold load_predictor infer run build_report calibrate blend_files guess_schema
    build_cache make_folds all_metrics fit_calibrator combine search_weights compare_oof synthesize
    encode_frame Config DARE QNN Run'''.split())


def rooms(names: list[str]) -> list:
    "The modules asked for, or all of them."
    if names:
        return [importlib.import_module(name) for name in names]
    found = pkgutil.walk_packages(toss_ctr.__path__, 'toss_ctr.')
    return [importlib.import_module(m.name) for m in found if not m.name.rpartition('.')[2].startswith('_')]


def documented(text: str) -> list[str]:
    "Names that a docstring's Parameters section describes."
    section = re.search(r'^Parameters\n-+\n(.*?)(?:\n\s*\n|\Z)', text, re.M | re.S)
    lines = section[1].split('\n') if section else []
    entries = [entry for line in lines if (entry := re.match(r'(\*{0,2}\w[\w, *]*) :', line))]
    return [name.strip(' *') for entry in entries for name in entry[1].split(',')]


def parameters(thing) -> set[str]:
    "Names a call takes; of a class also its annotated attributes."
    try:
        taken = set(inspect.signature(thing).parameters)
    except (TypeError, ValueError):
        taken = set()
    return taken | set(getattr(thing, '__annotations__', {}))


def faults(module):
    "What is wrong with the help of a module's public names."
    for name in getattr(module, '__all__', ()):
        thing = getattr(module, name)
        if not (inspect.isfunction(thing) or inspect.isclass(thing)) or thing.__module__ != module.__name__:
            continue
        location = f'{module.__name__}.{name}'
        text = inspect.cleandoc((vars(thing).get('__doc__') if inspect.isclass(thing) else thing.__doc__) or '')
        if not text:
            yield f'{location}: no docstring'
        for parameter in documented(text):
            if parameter not in parameters(thing):
                yield f'{location}: describes {parameter}, which it does not take'
        if '>>>' not in text and name in MAIN:
            yield f'{location}: no example'


def main(names: list[str]) -> int:
    "Print what is wrong; 1 where something is."
    wrong, tried = [], 0
    for module in rooms(names):
        wrong += faults(module)
        result = doctest.testmod(module, optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
        tried += result.attempted
        if result.failed:
            wrong.append(f'{module.__name__}: {result.failed} examples fail')
    print(*wrong, f'{tried} lines of examples ran, {len(wrong)} faults', sep='\n')
    return bool(wrong) or not (tried or names)


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
