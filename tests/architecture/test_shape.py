"""Modules and functions stay small, and texts for people can be translated."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import avdesk

ROOT = Path(avdesk.__file__).parent
MODULE_LINES = 400
FUNCTION_LINES = 60
TRANSLATING = {"_", "ngettext", "pgettext"}
VAGUE_NAMES = {"utils", "util", "helpers", "helper", "misc", "common", "stuff"}


@cache
def sources() -> dict[str, ast.Module]:
    """Return the syntax tree of every module of the project, by its path."""
    files = sorted(ROOT.rglob("*.py"))
    return {str(file.relative_to(ROOT)): ast.parse(file.read_text("utf-8")) for file in files}


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Yield all functions and methods."""
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def translating_calls(tree: ast.AST) -> Iterator[ast.Call]:
    """Yield all calls that look a text up in the catalogue."""
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    return (call for call in calls if isinstance(call.func, ast.Name) and call.func.id in TRANSLATING)


def untranslatable(call: ast.Call) -> bool:
    """Tell whether a text is put together before it is looked up, so that no catalogue can hold it."""
    texts = call.args[:-1] if isinstance(call.func, ast.Name) and call.func.id == "ngettext" else call.args
    return not texts or not all(isinstance(text, ast.Constant) and isinstance(text.value, str) for text in texts)


def test_no_module_grows_out_of_sight() -> None:
    lengths = {str(file.relative_to(ROOT)): file.read_text("utf-8").count("\n") for file in ROOT.rglob("*.py")}
    assert {name: length for name, length in lengths.items() if length > MODULE_LINES} == {}


def test_no_function_grows_out_of_sight() -> None:
    lengths = {
        f"{name}:{node.lineno} {node.name}": (node.end_lineno or node.lineno) - node.lineno + 1
        for name, tree in sources().items()
        for node in functions(tree)
    }
    assert {name: length for name, length in lengths.items() if length > FUNCTION_LINES} == {}


def test_every_module_is_named_for_what_it_holds() -> None:
    assert [name for name in sources() if set(Path(name).with_suffix("").parts) & VAGUE_NAMES] == []


def test_every_text_for_people_is_a_whole_literal_when_it_is_looked_up() -> None:
    found = [
        f"{name}:{call.lineno}"
        for name, tree in sources().items()
        if name != "i18n.py"
        for call in translating_calls(tree)
        if untranslatable(call)
    ]
    assert found == []


def test_a_text_put_together_too_soon_is_noticed() -> None:
    code = '_(f"{n} jobs"); _("%d jobs" % n); _("{n} jobs".format(n=n)); ngettext("a", f"{n}", n)'
    assert [untranslatable(call) for call in translating_calls(ast.parse(code))] == [True] * 4


def test_a_whole_text_passes() -> None:
    code = '_("Jobs"); ngettext("{n} job", "{n} jobs", n); pgettext("verb", "Watch")'
    assert [untranslatable(call) for call in translating_calls(ast.parse(code))] == [False] * 3
