"""domain/ and rehearsal/ know nobody: no Frappe, and nothing of the app that knows Frappe."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract.source import APP, PACKAGE, ROOT, module_file, python_files, shown, tree

PURE = ("domain", "rehearsal")
FORBIDDEN = ("frappe", "erpnext")
# What each may import of the app: dependencies point one way.
ALLOWED = {"domain": (f"{APP}.domain",), "rehearsal": (f"{APP}.domain", f"{APP}.rehearsal")}
FILES = [path for path in python_files() if path.relative_to(PACKAGE).parts[0] in PURE]


def imports(path: Path) -> Iterator[tuple[int, str]]:
	"""Line and absolute name of everything a file imports, also inside functions and by name at run time."""
	package = path.parent.relative_to(ROOT).parts
	for node in ast.walk(tree(path)):
		if isinstance(node, ast.Import):
			for alias in node.names:
				yield node.lineno, alias.name
		elif isinstance(node, ast.ImportFrom):
			base = list(package[: len(package) - node.level + 1]) if node.level else []
			module = ".".join([*base, *([node.module] if node.module else [])])
			yield node.lineno, module
			for alias in node.names:
				yield node.lineno, f"{module}.{alias.name}"
		elif isinstance(node, ast.Call) and ast.unparse(node.func) in (
			"__import__",
			"importlib.import_module",
		):
			name = node.args[0] if node.args else None
			yield node.lineno, name.value if isinstance(name, ast.Constant) else "<a name made at run time>"


def reached(path: Path, seen: set[Path]) -> Iterator[tuple[Path, int, str]]:
	"""Every import of a file and, through modules of the app, of what it imports."""
	if path in seen:
		return
	seen.add(path)
	for parent in (path.parent, *path.parent.parents):  # importing a module runs the packages above it
		if parent == ROOT:
			break
		yield from reached(parent / "__init__.py", seen)
	for line, name in imports(path):
		yield path, line, name
		if name.split(".")[0] == APP:
			found = module_file(name)
			if found:
				yield from reached(found, seen)


@pytest.mark.parametrize("path", FILES, ids=shown)
def test_no_frappe_also_not_through_other_modules(path: Path) -> None:
	guilty = [
		f"{shown(where)}:{line} imports {name}"
		for where, line, name in reached(path, set())
		if name.split(".")[0] in FORBIDDEN or name.startswith("<")
	]
	assert not guilty, f"{shown(path)} reaches Frappe; hand values in instead:\n" + "\n".join(guilty)


@pytest.mark.parametrize("path", FILES, ids=shown)
def test_dependencies_point_one_way(path: Path) -> None:
	allowed = ALLOWED[path.relative_to(PACKAGE).parts[0]]
	guilty = [
		f"{shown(path)}:{line} imports {name}"
		for line, name in imports(path)
		if name.split(".")[0] == APP
		and name not in (APP, f"{APP}.__version__")
		and not name.startswith(allowed)
	]
	assert not guilty, f"only {' and '.join(allowed)} may be imported here:\n" + "\n".join(guilty)


# Only a gateway speaks to a service outside; everybody else goes through its row in the box.
NETWORK = ("requests", "urllib.request", "http.client", "httpx", "aiohttp", "socket", "smtplib")


@pytest.mark.parametrize("path", python_files(), ids=shown)
def test_only_gateways_use_the_network(path: Path) -> None:
	if path.relative_to(PACKAGE).parts[0] == "gateways":
		return
	guilty = [
		f"{shown(path)}:{line} imports {name}"
		for line, name in imports(path)
		if any(name == module or name.startswith(f"{module}.") for module in NETWORK)
	]
	assert not guilty, "only gateways/ may speak to a service outside:\n" + "\n".join(guilty)


def test_there_is_something_to_check() -> None:
	assert {path.relative_to(PACKAGE).parts[0] for path in FILES} == set(PURE)
