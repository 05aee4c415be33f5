"""hooks.py and patches.txt are data, and everything they name is there."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from tests.contract.source import (
	APP,
	DOTTED,
	PACKAGE,
	hooks,
	known_doctypes,
	module_file,
	resolve,
	strings,
	tree,
)
from tests.contract.source import doctypes as our_doctypes

ASSETS = re.compile(
	r"^(app|web)_include_(js|css|icons)$|^(doctype|page)(_list|_tree|_calendar)?_js$|^webform_include_"
)
CUSTOMIZING = frozenset(("Custom Field", "Property Setter", "DocPerm", "Custom DocPerm", "Customize Form"))


def test_hooks_py_is_only_literals() -> None:
	for node in tree(PACKAGE / "hooks.py").body:
		if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
			continue  # a docstring
		assert isinstance(node, ast.Assign), (
			f"hooks.py:{node.lineno}: only assignments of literals belong here"
		)
		assert _is_literal(node.value), (
			f"hooks.py:{node.lineno}: {ast.unparse(node)[:80]!r}: write the value out"
		)


def _is_literal(node: ast.expr) -> bool:
	try:
		ast.literal_eval(node)
	except ValueError:
		return False
	return True


def test_hooks_py_assigns_each_name_once() -> None:
	names = [node.targets[0].id for node in tree(PACKAGE / "hooks.py").body if isinstance(node, ast.Assign)]
	twice = sorted({name for name in names if names.count(name) > 1})
	assert not twice, f"hooks.py: the later assignment silently wins for {twice}"


def _dotted_in_hooks() -> list[tuple[str, str]]:
	found = []
	for name, value in hooks().items():
		found += [(where, text) for where, text in strings(value, name) if DOTTED.match(text)]
	return found


@pytest.mark.parametrize(("where", "dotted"), _dotted_in_hooks())
def test_a_dotted_path_in_hooks_resolves(where: str, dotted: str) -> None:
	assert resolve(dotted) is not None, f"hooks.py, {where}: {dotted} is not in the code"


def _doc_event_handlers() -> list[tuple[str, str, str]]:
	found = []
	for doctype, events in hooks().get("doc_events", {}).items():
		for event, handlers in events.items():
			for handler in [handlers] if isinstance(handlers, str) else handlers:
				found.append((str(doctype), event, handler))
	return found


@pytest.mark.parametrize(("doctype", "event", "handler"), _doc_event_handlers())
def test_a_doc_event_handler_takes_doc_and_method(doctype: str, event: str, handler: str) -> None:
	node = resolve(handler)
	assert isinstance(node, ast.FunctionDef), f"doc_events {doctype}.{event}: {handler} is not a function"
	args = node.args
	required = len(args.posonlyargs + args.args) - len(args.defaults)
	takes = len(args.posonlyargs + args.args) if not args.vararg else 99
	assert required <= 1, f"{handler} is called as (doc, method): give `method` a default, take nothing more"
	assert takes >= 2, f"{handler} is called as (doc, method, *args): its signature is (doc, method=None)"


def test_doc_events_name_doctypes_that_exist() -> None:
	names = {doctype.name for doctype in our_doctypes()} | set(known_doctypes()) | {"*"}
	for key in hooks().get("doc_events", {}):
		for name in [key] if isinstance(key, str) else key:
			assert name in names, f"hooks.py, doc_events: there is no doctype {name!r}"


def _patch_lines() -> list[str]:
	lines = [line.split("#", 1)[0].strip() for line in (PACKAGE / "patches.txt").read_text().splitlines()]
	return [line for line in lines if line and not line.startswith("[")]


def test_every_patch_resolves() -> None:
	"""A loop, not parameters: an app may well have no patch yet."""
	for line in _patch_lines():
		if line.startswith("execute:"):
			continue
		dotted = line.split()[0]
		assert module_file(dotted), f"patches.txt: there is no module {dotted}"
		assert resolve(f"{dotted}.execute"), f"patches.txt: {dotted} has no execute()"


def test_no_patch_is_listed_twice() -> None:
	lines = _patch_lines()
	twice = sorted({line for line in lines if lines.count(line) > 1})
	assert not twice, (
		f"patches.txt: {twice} would run once only; make the second line differ (a date will do)"
	)


def test_every_patch_module_is_listed() -> None:
	listed = {line.split()[0] for line in _patch_lines()}
	for path in (PACKAGE / "patches").rglob("*.py"):
		if path.name != "__init__.py" and "def execute(" in path.read_text():
			dotted = ".".join([APP, *path.relative_to(PACKAGE).with_suffix("").parts])
			assert dotted in listed, f"{dotted} has an execute() but is not in patches.txt"


def _named_files() -> Iterator[tuple[str, str]]:
	for name, value in hooks().items():
		if ASSETS.match(name):
			for where, text in strings(value, name):
				if not where.endswith("[key]"):
					yield where, text


def test_every_file_named_in_hooks_is_there() -> None:
	for where, text in _named_files():
		if re.match(r"https?://", text):
			pytest.fail(f"hooks.py, {where}: {text} is loaded from elsewhere; ship the file")
		if ".bundle." in text:
			stem = text.rsplit("/", 1)[-1].rsplit(".", 1)[0]
			found = list((PACKAGE / "public").rglob(f"{stem}.*"))
			assert found, f"hooks.py, {where}: no {stem}.* anywhere under public/"
			continue
		path = re.sub(rf"^/?assets/{APP}/", "public/", text)
		assert (PACKAGE / path).is_file(), f"hooks.py, {where}: there is no file {APP}/{path}"


def test_scheduler_events_have_a_rhythm_frappe_knows() -> None:
	names = {
		"all",
		"cron",
		"hourly",
		"hourly_long",
		"hourly_maintenance",
		"daily",
		"daily_long",
		"daily_maintenance",
	}
	names |= {"weekly", "weekly_long", "monthly", "monthly_long", "yearly", "annual"}
	unknown = set(hooks().get("scheduler_events", {})) - names
	assert not unknown, f"hooks.py, scheduler_events: Frappe never runs {sorted(unknown)}"
	for line in hooks().get("scheduler_events", {}).get("cron", {}):
		assert len(line.split()) == 5, (
			f"hooks.py, scheduler_events: {line!r} is not a cron line of five fields"
		)


def test_no_override() -> None:
	for name in ("override_doctype_class", "override_whitelisted_methods"):
		assert not hooks().get(name), f"hooks.py: {name} lets the last app win silently; use doc_events"


def test_no_fixtures_of_customizations() -> None:
	for row in hooks().get("fixtures", []):
		name = row if isinstance(row, str) else row.get("dt") or row.get("doctype")
		assert name not in CUSTOMIZING, (
			f"hooks.py, fixtures: {name} would undo a site's own edits at each migrate"
		)


def test_the_app_says_what_it_needs() -> None:
	assert any(name.split("/")[-1] == "erpnext" for name in hooks().get("required_apps", []))
	for name in ("app_name", "app_title", "app_publisher", "app_description", "app_email", "app_license"):
		assert hooks().get(name), f"hooks.py: {name} is missing; bench asks for it"


def test_installation_and_uninstallation_mirror_each_other() -> None:
	assert hooks().get("after_install"), "hooks.py: nothing puts our fields and roles on a site"
	assert hooks().get("before_uninstall") or hooks().get("after_uninstall"), (
		"hooks.py: nothing takes them away"
	)
