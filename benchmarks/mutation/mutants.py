"""Mutants of a module: which small changes of its source are tried.

Positions and changes are those of cosmic-ray. Of its operators only those are kept that stay in the type
and mean something else: an addition becomes a subtraction, never a shift, for a float that is shifted
fails at once and would flatter the tests. Left out besides:

- ``==`` to ``is`` and back: the same for small whole numbers, names and enumerations;
- unary ``-`` to ``~`` or ``not``, ``+`` at all;
- ``RemoveDecorator``: a failing import where it means something, only speed where it is a cache;
- ``VariableReplacer``, ``VariableInserter``: they put in random numbers and need names to be told;
- changes in annotations, type aliases, ``__all__``, ``if TYPE_CHECKING``, the texts of errors, and of the two
  guards that nothing valid meets (``strict=`` of ``zip``, what ``@dataclass`` is told).

Two operators are added, because much of this code is calls of NumPy: ``SwapName`` (least for most, any for
all, floor for ceiling, left for right) and ``DropStatement`` (a call made for its effect, an update in
place).
"""

from __future__ import annotations

import ast
import marshal
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import parso
from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.operators import operator
from cosmic_ray.plugins import get_operator

CORE = (
    *(
        f"ReplaceBinaryOperator_{change}"
        for change in ("Add_Sub", "Sub_Add", "Mul_Div", "Div_Mul", "Pow_Mul")
    ),
    *(f"ReplaceBinaryOperator_{change}" for change in ("FloorDiv_Div", "FloorDiv_Mul", "Mod_FloorDiv")),
    *(f"ReplaceBinaryOperator_{change}" for change in ("BitAnd_BitOr", "BitOr_BitAnd", "BitXor_BitAnd")),
    *(f"ReplaceBinaryOperator_{change}" for change in ("RShift_LShift", "LShift_RShift")),
    *(f"ReplaceComparisonOperator_{change}" for change in ("Lt_LtE", "Lt_GtE", "LtE_Lt", "LtE_Gt")),
    *(f"ReplaceComparisonOperator_{change}" for change in ("Gt_GtE", "Gt_LtE", "GtE_Gt", "GtE_Lt")),
    *(f"ReplaceComparisonOperator_{change}" for change in ("Eq_NotEq", "NotEq_Eq", "Is_IsNot", "IsNot_Is")),
    *(f"ReplaceUnaryOperator_Delete_{name}" for name in ("USub", "Invert", "Not")),
    "AddNot",
    "ReplaceTrueWithFalse",
    "ReplaceFalseWithTrue",
    "ReplaceAndWithOr",
    "ReplaceOrWithAnd",
    "ReplaceBreakWithContinue",
    "ReplaceContinueWithBreak",
    "ExceptionReplacer",
    "NumberReplacer",
    "ZeroIterationForLoop",
)
NAMES = (*CORE, "SwapName", "DropStatement")
PAIRS = (("min", "max"), ("minimum", "maximum"), ("argmin", "argmax"), ("floor", "ceil"), ("any", "all"))
PAIRS += (("zeros", "ones"), ("zeros_like", "ones_like"), ('"left"', '"right"'))
GUARDS = (("zip", "strict"), ("dataclass", "frozen"), ("dataclass", "eq"))
OTHER = {a: b for one, two in PAIRS for a, b in ((one, two), (two, one))}


@dataclass(frozen=True)
class Place:
    """Where an operator can change a module: ``occurrence`` counts its places in the whole source."""

    line: int
    operator: str
    occurrence: int


@dataclass(frozen=True)
class Mutant:
    """One change of one module: where, the lines before and after, and the whole source."""

    place: Place
    was: str
    now: str
    source: str


class SwapName(operator.Operator):
    """One function of a pair becomes the other."""

    def mutation_positions(self, node: Any) -> Iterator[Any]:
        """One for each name of a pair that is called or looked up, and each such string."""
        if node.type not in ("name", "string") or node.value not in OTHER:
            return
        before, after = node.get_previous_leaf(), node.get_next_leaf()
        called = (before is not None and before.value == ".") or (after is not None and after.value == "(")
        if node.type == "string" or called:
            yield node.start_pos, node.end_pos

    def mutate(self, node: Any, index: int) -> Any:  # noqa: ARG002  # cosmic-ray's signature
        """The node, renamed."""
        node.value = OTHER[node.value]
        return node

    @classmethod
    def examples(cls) -> tuple[Any, ...]:
        """For cosmic-ray's own tests."""
        return (operator.Example("min(1, 2)", "max(1, 2)"),)


class DropStatement(operator.Operator):
    """A call made for its effect, or an update in place, is left out."""

    def mutation_positions(self, node: Any) -> Iterator[Any]:
        """One for each such statement."""
        if node.type == "simple_stmt" and _has_effect(node.children[0]):
            yield node.start_pos, node.end_pos

    def mutate(self, node: Any, index: int) -> Any:  # noqa: ARG002  # cosmic-ray's signature
        """The statement as ``pass``."""
        first = node.children[0]
        node.children[0] = parso.python.tree.Keyword("pass", first.start_pos, first.get_first_leaf().prefix)
        return node

    @classmethod
    def examples(cls) -> tuple[Any, ...]:
        """For cosmic-ray's own tests."""
        return (operator.Example("f(x)", "pass"),)


def _has_effect(statement: Any) -> bool:
    if statement.type == "expr_stmt":
        target, sign = statement.children[:2]
        if getattr(sign, "value", "") != "=":
            return sign.type == "operator"  # an update in place; else an annotation
        function = parso.tree.search_ancestor(statement, "funcdef")
        made = function is not None and function.name.value == "__init__"  # without it the next line fails
        return target.type == "atom_expr" and (not made or target.children[-1].children[0].value == "[")
    called = statement.type == "atom_expr" and statement.children[-1].type == "trailer"
    return called and statement.children[-1].children[0].value == "("


def places(source: str) -> list[Place]:
    """All changes that can be tried, by line."""
    nodes, passed = list(ast_nodes(get_ast(source))), _passed_over(ast.parse(source))
    found = []
    for name in NAMES:
        change = _operator(name)
        for occurrence, (start, _) in enumerate(p for node in nodes for p in change.mutation_positions(node)):
            if not any(first <= start < last for first, last in passed):
                found.append(Place(start[0], name, occurrence))
    return sorted(found, key=lambda place: (place.line, place.operator, place.occurrence))


def mutant(source: str, place: Place) -> Mutant | None:
    """The change made; None if it compiles to the same code, or to none."""
    mutated = mutate_code(source, _operator(place.operator), place.occurrence)
    code = _code(mutated) if mutated is not None else None
    if code is None or code == _code(source):
        return None
    old, new = source.splitlines(), mutated.splitlines()
    first = place.line - 1
    for size in range(1, len(old)):  # most changes are of one line
        if old[first + size :] == new[len(new) - len(old) + first + size :]:
            break
    was = "\n".join(line.strip() for line in old[first : first + size])
    now = "\n".join(line.strip() for line in new[first : len(new) - len(old) + first + size])
    return Mutant(place, was, now, mutated)


@cache
def _operator(name: str) -> Any:
    own = {"SwapName": SwapName, "DropStatement": DropStatement}
    return own[name]() if name in own else get_operator(f"core/{name}")()


def _code(source: str) -> bytes | None:
    try:
        return marshal.dumps(compile(source, "module", "exec", dont_inherit=True))
    except SyntaxError:
        return None


def _passed_over(tree: ast.Module) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """Where no change is tried: types, ``__all__``, texts of errors, guards."""
    nodes: list[ast.AST] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.returns:
            nodes.append(node.returns)
        elif isinstance(node, ast.arg | ast.AnnAssign) and node.annotation:
            nodes.append(node.annotation)
        elif isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            nodes.extend(node.exc.args)
        elif isinstance(node, ast.Assert) and node.msg:
            nodes.append(node.msg)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            nodes.extend(k.value for k in node.keywords if (node.func.id, k.arg) in GUARDS)
        elif isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            nodes.append(node)
    nodes += [node for node in tree.body if isinstance(node, ast.Assign) and _is_about_types(node)]
    return [_span(node) for node in nodes]


def _is_about_types(node: ast.Assign) -> bool:
    named = isinstance(node.targets[0], ast.Name) and node.targets[0].id == "__all__"
    alias = isinstance(node.value, ast.BinOp) and isinstance(node.value.op, ast.BitOr)
    return named or alias


def _span(node: Any) -> tuple[tuple[int, int], tuple[int, int]]:
    return (node.lineno, node.col_offset), (node.end_lineno, node.end_col_offset)
