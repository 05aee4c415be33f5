"""What a browser may call: typed, POST where it changes something, closed to guests unless said otherwise."""

from __future__ import annotations

import ast
import re

import pytest

from tests.contract.allowed import GUEST_METHODS
from tests.contract.source import (
	APP,
	PACKAGE,
	Whitelisted,
	python_files,
	resolve,
	script_files,
	shown,
	tree,
	whitelisted,
	writes,
)

FUNCTIONS = whitelisted()
each = pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.dotted)


@each
def test_every_argument_is_annotated(function: Whitelisted) -> None:
	args = function.node.args
	named = [*args.posonlyargs, *args.args, *args.kwonlyargs]
	if function.method_of:
		named = named[1:]
	extra = [arg for arg in (args.vararg, args.kwarg) if arg]
	bare = [arg.arg for arg in (*named, *extra) if arg.annotation is None]
	assert not bare, (
		f"{function.dotted}: annotate {', '.join(bare)}; Frappe checks annotations at run time "
		"(`str | list` where Desk sends JSON)"
	)


@each
def test_what_changes_something_is_post(function: Whitelisted) -> None:
	if function.method_of:
		return  # called through run_doc_method, which is POST already
	if function.options.get("methods") == ["POST"]:
		return
	found = writes(function.path, function.node)
	assert not found, (
		f'{function.dotted}: declare @frappe.whitelist(methods=["POST"]); it writes:\n' + "\n".join(found)
	)


@each
def test_guests_only_where_it_is_meant(function: Whitelisted) -> None:
	if function.options.get("allow_guest"):
		assert function.dotted in GUEST_METHODS, (
			f"{function.dotted}: allow_guest; a guest function works on a signed, expiring token, "
			"and stands in tests/contract/allowed.py with the reason"
		)


def test_every_allowed_guest_method_is_one() -> None:
	guests = {function.dotted for function in FUNCTIONS if function.options.get("allow_guest")}
	assert set(GUEST_METHODS) <= guests, (
		f"allowed.py: not guest methods any more: {set(GUEST_METHODS) - guests}"
	)


def test_no_future_annotations_where_frappe_checks_them() -> None:
	paths = {path for path in python_files() if path.is_relative_to(PACKAGE / "api")}
	paths |= {function.path for function in FUNCTIONS}
	for path in sorted(paths):
		found = any(
			isinstance(node, ast.ImportFrom)
			and node.module == "__future__"
			and any(alias.name == "annotations" for alias in node.names)
			for node in tree(path).body
		)
		assert not found, (
			f"{shown(path)}: `from __future__ import annotations` switches off Frappe's check of the arguments"
		)


def test_scripts_call_what_is_there() -> None:
	"""Every dotted path of ours in JavaScript is a whitelisted function."""
	callable_names = {function.dotted for function in FUNCTIONS}
	for path in script_files():
		for dotted in re.findall(
			rf"[\"'`]({APP}(?:\.[A-Za-z_]\w*)+)[\"'`]", path.read_text(encoding="utf-8")
		):
			if dotted.endswith((".bundle.js", ".bundle.css")) or (
				resolve(dotted) is None and dotted.count(".") == 1
			):
				continue
			assert resolve(dotted) is not None, f"{shown(path)}: {dotted} is not in the code"
			assert dotted in callable_names, f"{shown(path)}: {dotted} is not whitelisted"
