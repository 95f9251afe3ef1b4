"""Help that a person can trust: what it documents exists, its examples run, and what people use first has one.

`python .ci/docstrings.py data.folds` looks at one room. That public names have a docstring is asked by ruff.
"""
import doctest
import importlib
import inspect
import re
import sys

from rooms import rooms

MAIN = set('''load_config prepare train_fold load_predictor infer run build_report calibrate blend_files guess_schema
    build_cache make_folds all_metrics fit_calibrator combine search_weights compare_oof synthesize
    encode_frame Config DARE QNN Run'''.split())


def faults(name: str, thing):
    "What is wrong with the help of a public name: parameters that it does not take, no example."
    text = inspect.getdoc(thing) or ''
    section = re.search(r'^Parameters\n-+\n(.*?)(?:\n\s*\n|\Z)', text, re.M | re.S)
    if section:
        taken = {*inspect.signature(thing).parameters, *getattr(thing, '__annotations__', ())}
        documented = ', '.join(re.findall(r'^(\*{0,2}\w[\w, *]*) :', section[1], re.M))
        yield from (f'{name} does not take {one}' for one in set(re.findall(r'\w+', documented)) - taken)
    if name in MAIN and '>>>' not in text:
        yield f'{name} has no example'


def main(names: list[str]) -> int:
    "Run the examples; 1 if something is wrong, or if there are none."
    tried, wrong = 0, []
    for room in names or rooms():
        module = importlib.import_module(f'toss_ctr.{room}')
        result = doctest.testmod(module, optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
        tried, wrong = tried + result.attempted, wrong + [f'{room}: an example fails'] * result.failed
        for name in getattr(module, '__all__', ()):
            if callable(getattr(module, name)):
                wrong += faults(name, getattr(module, name))
    print(*wrong, f'{tried} lines of examples ran, {len(wrong)} faults', sep='\n')
    return int(bool(wrong) or not (tried or names))


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
