"""Do two exports of the notebooks hold the same code? `python .ci/same_code.py BEFORE AFTER`, two folders of modules.

Comments, docstrings and the index of names (`_modidx.py`) may differ; nbdev 2 and 3 write these in their own way.
"""
import ast
import sys
from pathlib import Path


def code(file: Path) -> str:
    "What a module does, without its words."
    tree = ast.parse(file.read_text(encoding='utf-8'))
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and ast.get_docstring(node) is not None:
            node.body = node.body[1:]
    return ast.dump(tree)


def modules(root: Path) -> dict[str, str]:
    "Module → code."
    found = (file for file in root.rglob('*.py') if file.name != '_modidx.py')
    return {file.relative_to(root).as_posix(): code(file) for file in found}


before, after = map(modules, map(Path, sys.argv[1:3]))
differ = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
print(*differ, f'{len(before)} modules, {len(differ)} differ', sep='\n')
sys.exit(bool(differ) or not before)
