"""Finds what people are told in one language alone: plain strings where a `Text` should be, and texts without Chinese.

It follows local names, constants, functions and imports, so that a sentence is found wherever it is written down.
What it cannot follow (a parameter without a type, what a library gives) it leaves to mypy.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator
from typing import NamedTuple

from tests.source_tree import Found, Function, Scope, SourceTree, walk

TOLD = frozenset({"GatehouseError", "Problem", "Mistake", "Invalid"})
CLICK = frozenset({"UsageError", "BadParameter", "ClickException"})
WRAPPERS = frozenset({"AfterValidator", "BeforeValidator", "PlainValidator", "WrapValidator"})
DECORATORS = frozenset({"field_validator", "model_validator"})
_BILINGUAL = re.compile(r"\b(Text|Words)\b")
_PLAIN = re.compile(r"\bstr\b")
_WORD = re.compile(r"[A-Za-z]{2,}")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


class Finding(NamedTuple):
    """A place where somebody is told something in one language alone."""

    path: str
    line: int
    rule: str
    shown: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.rule}: {self.shown}"


class Kinds(NamedTuple):
    """What an expression may give besides a text: words written in the code, or any other string."""

    written: bool = False
    string: bool = False

    def __or__(self, other: object) -> Kinds:
        assert isinstance(other, Kinds)
        return Kinds(self.written or other.written, self.string or other.string)


_NONE, _WRITTEN, _STRING = Kinds(), Kinds(written=True, string=True), Kinds(string=True)


def findings_in(tree: SourceTree, *, same_in_both: Collection[str] = ()) -> list[Finding]:
    """Return all places, in the order of files and lines.

    Args:
        tree: the sources.
        same_in_both: what may stand in the Chinese of a text without any Chinese, such as the name of a number.
    """
    found = {
        *_told_in_one_language(tree),
        *_validators(tree),
        *_without_chinese(tree, same_in_both),
        *_usage_errors(tree),
    }
    return sorted(found)


def _finding(node: ast.expr | ast.stmt, scope: Scope, rule: str) -> Finding:
    return Finding(scope.file.path, node.lineno, rule, " ".join(ast.unparse(node).split())[:100])


def _told_in_one_language(tree: SourceTree) -> Iterator[Finding]:
    """Errors, problems and mistakes whose words are a plain string."""
    for call, scope in tree.calls:
        for argument in _told_arguments(tree, call, scope):
            if _kinds(tree, argument, scope).string:
                yield _finding(argument, scope, f"{ast.unparse(call.func)} is told in English alone")


def _told_arguments(tree: SourceTree, call: ast.Call, scope: Scope) -> list[ast.expr]:
    """The arguments of a call that people read; none where it makes nothing that is told to people."""
    match call.func:
        case ast.Attribute(value=ast.Call(func=ast.Name(id="super")), attr="__init__") if scope.owner is not None:
            bases = (tree.meant(base, scope) for base in scope.owner.bases)
            made = next((base for base in bases if base is not None), None)
        case function:
            made = tree.meant(function, scope)
    if made is None or not isinstance(made.node, ast.ClassDef) or not tree.derived(made.node, made.scope, TOLD):
        return []
    names = _parameters(tree, made.node, made.scope)
    by_place = [argument for name, argument in zip(names, call.args, strict=False) if names[name]]
    return by_place + [keyword.value for keyword in call.keywords if keyword.arg and names.get(keyword.arg)]


def _parameters(tree: SourceTree, node: ast.ClassDef, scope: Scope) -> dict[str, bool]:
    """The parameters of a class in order, each with whether people read it."""
    made = tree.member(node, "__init__", scope)
    if made is not None and isinstance(made.node, Function):
        arguments = made.node.args
        typed = [(item.arg, item.annotation) for item in (*arguments.args[1:], *arguments.kwonlyargs)]
    else:
        typed = [
            (item.target.id, item.annotation)
            for item in node.body
            if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name)
        ]
    return {name: type_ is not None and bool(_BILINGUAL.search(ast.unparse(type_))) for name, type_ in typed}


def _kinds(tree: SourceTree, node: ast.expr, scope: Scope, seen: frozenset[ast.AST] = frozenset()) -> Kinds:
    """Tell whether an expression may be a plain string, following what it is made of."""
    if node in seen:
        return _NONE
    seen = seen | {node}
    match node:
        case ast.Constant(value="") | ast.JoinedStr(values=[]):
            return _NONE
        case ast.Constant(value=str()) | ast.JoinedStr():
            return _WRITTEN if _WORD.search(_letters(node)) else _STRING
        case ast.Attribute(attr="en" | "zh"):
            # One language of a text is no text any more.
            return _WRITTEN
        case ast.Name():
            return _kinds_of_name(tree, node, scope, seen)
        case ast.Call():
            return _kinds_of_call(tree, node, scope, seen)
        case ast.Attribute() | ast.Subscript():
            table = node.value if isinstance(node, ast.Subscript) else node
            found = tree.meant(table, scope)
            return _kinds_of_found(tree, found, seen) if found is not None else _NONE
        case ast.BinOp() | ast.IfExp() | ast.BoolOp() | ast.NamedExpr() | ast.Dict() | ast.Tuple() | ast.List():
            kinds = _NONE
            for part in _parts(node):
                kinds |= _kinds(tree, part, scope, seen)
            return kinds
    return _NONE


def _parts(node: ast.expr) -> list[ast.expr]:
    """The expressions that one of several parts may be, or is made of."""
    match node:
        case ast.BinOp(left=left, right=right):
            return [left, right]
        case ast.IfExp(body=body, orelse=orelse):
            return [body, orelse]
        case ast.BoolOp(values=values) | ast.Dict(values=values):
            return values
        case ast.NamedExpr(value=value):
            return [value]
        case ast.Tuple(elts=elements) | ast.List(elts=elements):
            return elements
    return []


def _kinds_of_found(tree: SourceTree, found: Found, seen: frozenset[ast.AST]) -> Kinds:
    return _kinds(tree, found.node, found.scope, seen) if isinstance(found.node, ast.expr) else _NONE


def _kinds_of_name(tree: SourceTree, node: ast.Name, scope: Scope, seen: frozenset[ast.AST]) -> Kinds:
    for function in scope.functions:
        arguments = function.args
        for item in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
            if item.arg == node.id:
                return _STRING if item.annotation is not None and _is_string(item.annotation) else _NONE
        values = [] if isinstance(function, ast.Lambda) else _assigned(function, node.id)
        if values:
            kinds = _NONE
            for value in values:
                kinds |= _kinds(tree, value, scope, seen)
            return kinds
    found = tree.meant(node, scope)
    return _kinds_of_found(tree, found, seen) if found is not None else _NONE


def _is_string(annotation: ast.expr) -> bool:
    written = ast.unparse(annotation)
    return bool(_PLAIN.search(written)) and not _BILINGUAL.search(written)


def _assigned(function: Function, name: str) -> list[ast.expr]:
    """The values that a function gives to a name of its own."""
    values: list[ast.expr] = []
    for node in ast.walk(function):
        match node:
            case ast.Assign(targets=targets, value=value):
                values += [value for target in targets if isinstance(target, ast.Name) and target.id == name]
            case (
                ast.AnnAssign(target=ast.Name(id=target), value=ast.expr() as value)
                | ast.AugAssign(target=ast.Name(id=target), value=value)
                | ast.NamedExpr(target=ast.Name(id=target), value=value)
            ) if target == name:
                values.append(value)
    return values


def _kinds_of_call(tree: SourceTree, node: ast.Call, scope: Scope, seen: frozenset[ast.AST]) -> Kinds:
    match node.func:
        case ast.Name(id="str" | "repr" | "format") | ast.Attribute(attr="to"):
            return _STRING
        case ast.Attribute(value=value) if (kinds := _kinds(tree, value, scope, seen)).string:
            # A method of a string, such as join and format.
            return kinds
    found = tree.meant(node.func, scope)
    if found is None or not isinstance(found.node, Function):
        return _NONE
    returned, inner = found.node.returns, found.scope.inside(found.node)
    if returned is not None and _BILINGUAL.search(ast.unparse(returned)):
        return _NONE
    kinds = _STRING if returned is not None and _is_string(returned) else _NONE
    for part in ast.walk(found.node):
        if isinstance(part, ast.Return) and part.value is not None:
            kinds |= _kinds(tree, part.value, inner, seen)
    return kinds


def _validators(tree: SourceTree) -> Iterator[Finding]:
    """ValueErrors with words that pydantic hands on: raised by validators and by the functions that these use."""
    waiting = [found for node, scope in tree.nodes for found in _roots(tree, node, scope)]
    seen: set[ast.AST] = set()
    while waiting:
        node, scope = waiting.pop()
        if node in seen:
            continue
        seen.add(node)
        for part, inner in walk(node, scope):
            match part:
                case ast.Raise(exc=ast.Call(func=ast.Name(id="ValueError"), args=[_, *_])):
                    yield _finding(part, inner, "a validator says it in English alone")
                case ast.Name() | ast.Attribute():
                    found = tree.meant(part, inner)
                    if found is not None and not isinstance(found.node, ast.ClassDef):
                        waiting.append(found)


def _roots(tree: SourceTree, node: ast.AST, scope: Scope) -> Iterator[Found]:
    match node:
        case ast.Call(func=ast.Name(id=wrapper), args=[ast.Lambda() as function, *_]) if wrapper in WRAPPERS:
            yield Found(function, scope)
        case ast.Call(func=ast.Name(id=wrapper), args=[function, *_]) if wrapper in WRAPPERS:
            found = tree.meant(function, scope)
            if found is not None:
                yield found
        case ast.FunctionDef(decorator_list=decorators):
            called = (item.func if isinstance(item, ast.Call) else item for item in decorators)
            if any(isinstance(item, ast.Name) and item.id in DECORATORS for item in called):
                yield Found(node, scope)


def _without_chinese(tree: SourceTree, allowed: Collection[str]) -> Iterator[Finding]:
    """Texts whose English is a sentence and whose Chinese has letters, but no Chinese; or nothing at all."""
    for call, scope in tree.calls:
        made = tree.meant(call.func, scope)
        if made is None or not isinstance(made.node, ast.ClassDef) or made.node.name != "Text":
            continue
        said = {keyword.arg: keyword.value for keyword in call.keywords}
        english, chinese = _letters(said.get("en")), _letters(said.get("zh"))
        same = len(_WORD.findall(english)) > 1 and _WORD.search(chinese) and not _CHINESE.search(chinese)
        if (same and chinese not in allowed) or _is_empty(said.get("zh"), english):
            yield _finding(call, scope, "a text without Chinese")


def _is_empty(chinese: ast.expr | None, english: str) -> bool:
    return bool(english) and isinstance(chinese, ast.Constant) and not chinese.value


def _letters(node: ast.expr | None) -> str:
    """The words that are written in an expression itself."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=values):
            return "".join(map(_letters, values))
        case ast.BinOp(left=left, right=right):
            return _letters(left) + _letters(right)
    return ""


def _usage_errors(tree: SourceTree) -> Iterator[Finding]:
    """What click tells somebody who calls a command wrongly."""
    for call, scope in tree.calls:
        match call:
            case ast.Call(func=ast.Attribute(attr=name), args=[told, *_]) if name in CLICK:
                if _kinds(tree, told, scope).written:
                    yield _finding(told, scope, f"{ast.unparse(call.func)} is told in English alone")
