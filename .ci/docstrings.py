"""Help that a person can trust: the examples of all rooms run, and what people use first, `MAIN`, has one.

`python .ci/docstrings.py data.folds` runs those of one room. That public names have a docstring, and that it describes
no parameter which is not there, is asked by ruff.
"""
import doctest
import importlib
import sys

from rooms import rooms

MAIN = set('''load_config prepare train_fold load_predictor infer run build_report calibrate blend_files guess_schema
    build_cache make_folds all_metrics fit_calibrator combine search_weights compare_oof synthesize
    encode_frame Config DARE QNN Run'''.split())


def main(names: list[str]) -> int:
    "Run the examples; 1 if one fails or is missing, or if there is none."
    tried, failed, without = 0, 0, set()
    for room in names or rooms():
        module = importlib.import_module(f'toss_ctr.{room}')
        result = doctest.testmod(module, optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
        tried, failed = tried + result.attempted, failed + result.failed
        first = MAIN & {*getattr(module, '__all__', ())}
        without |= {name for name in first if '>>>' not in (getattr(module, name).__doc__ or '')}
    print(f'{tried} lines of examples ran, {failed} failed, without one: {", ".join(sorted(without)) or "none"}')
    return int(bool(failed or without) or not (tried or names))


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
