"""Habits that keep the app translatable, its rights real and its transactions whole."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.contract.allowed import BUILT_SQL, COMMITS, IGNORE_PERMISSIONS, SET_USER
from tests.contract.source import PACKAGE, python_files, script_files, shown, tree

each = pytest.mark.parametrize("path", python_files(), ids=shown)


def _calls(path: Path) -> Iterator[ast.Call]:
	return (node for node in ast.walk(tree(path)) if isinstance(node, ast.Call))


@each
def test_texts_are_translated_before_they_are_filled_in(path: Path) -> None:
	for call in _calls(path):
		if ast.unparse(call.func) not in ("_", "_lt", "frappe._", "frappe._lt") or not call.args:
			continue
		text = call.args[0]
		formatted = isinstance(text, ast.JoinedStr | ast.BinOp) or (
			isinstance(text, ast.Call) and isinstance(text.func, ast.Attribute) and text.func.attr == "format"
		)
		assert not formatted, (
			f'{shown(path)}:{call.lineno}: the translators never see this text; write _("… {{0}} …").format(value)'
		)
		if isinstance(text, ast.Constant) and isinstance(text.value, str):
			assert text.value == text.value.strip(), (
				f"{shown(path)}:{call.lineno}: blank at the edge of {text.value!r}"
			)
			assert text.value, f"{shown(path)}:{call.lineno}: an empty text to translate"


def test_texts_in_scripts_are_translated_before_they_are_filled_in() -> None:
	broken = re.compile(r"__\(\s*(`[^`]*\$\{|[\"'][^\"'\n]*[\"']\s*\+)")
	for path in script_files():
		for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
			assert not broken.search(line), f'{shown(path)}:{number}: write __("… {{0}} …", [value])'


def _is_ignoring(call: ast.Call) -> bool:
	return any(
		word.arg == "ignore_permissions" and isinstance(word.value, ast.Constant) and bool(word.value.value)
		for word in call.keywords
	)


def _is_commit(call: ast.Call) -> bool:
	return ast.unparse(call.func) == "frappe.db.commit"


def _found(is_it: Callable[[ast.Call], bool]) -> Counter[str]:
	return Counter(shown(path) for path in python_files() for call in _calls(path) if is_it(call))


def _flags_set() -> Counter[str]:
	"""`doc.flags.ignore_permissions = True` is the same thing in other words."""
	found: Counter[str] = Counter()
	for path in python_files():
		for node in ast.walk(tree(path)):
			if isinstance(node, ast.Assign) and any(
				isinstance(target, ast.Attribute) and target.attr == "ignore_permissions"
				for target in node.targets
			):
				found[shown(path)] += 1
	return found


def _assert_exactly(found: Counter[str], allowed: dict[str, tuple[int, str]], name: str, remedy: str) -> None:
	for path in sorted(found.keys() | allowed.keys()):
		count, (limit, reason) = found[path], allowed.get(path, (0, ""))
		assert count <= limit, f"{path}: {count} times {name}, allowed are {limit}; {remedy}"
		assert count == limit, f"allowed.py: {path} uses {name} {count} times, not {limit}; lower the number"
		assert reason.strip(), f"allowed.py: {path}: {name} has no reason"


def test_rights_are_ignored_only_where_it_is_said_why() -> None:
	remedy = "check the caller's right instead, or add the file to tests/contract/allowed.py with the reason"
	found = _found(_is_ignoring) + _flags_set()
	_assert_exactly(found, IGNORE_PERMISSIONS, "ignore_permissions=True", remedy)


def test_nobody_commits_in_between() -> None:
	remedy = "Frappe commits a request and a job itself; a commit in between leaves halves behind"
	_assert_exactly(_found(_is_commit), COMMITS, "frappe.db.commit()", remedy)


def _is_built_sql(call: ast.Call) -> bool:
	if (
		ast.unparse(call.func) not in ("frappe.db.sql", "frappe.db.sql_list", "frappe.db.multisql")
		or not call.args
	):
		return False
	query = call.args[0]
	return isinstance(query, ast.JoinedStr | ast.BinOp) or (
		isinstance(query, ast.Call) and isinstance(query.func, ast.Attribute) and query.func.attr == "format"
	)


def test_sql_is_not_put_together_from_strings() -> None:
	remedy = "use frappe.qb or parameters (%s), or say in tests/contract/allowed.py why it is safe"
	_assert_exactly(_found(_is_built_sql), BUILT_SQL, "SQL put together from strings", remedy)


@each
def test_nobody_becomes_administrator(path: Path) -> None:
	if {"commands", "demo"} & set(path.relative_to(PACKAGE).parts):
		return  # started at the console of the server, by its administrator
	if shown(path) in SET_USER:
		return
	for call in _calls(path):
		if ast.unparse(call.func) == "frappe.set_user":
			pytest.fail(
				f"{shown(path)}:{call.lineno}: set_user in the app; do the work with the caller's rights"
			)
