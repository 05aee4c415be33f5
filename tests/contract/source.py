"""The app read as text: nothing here imports Frappe, and nothing of the app is run."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

APP = "dealer_pos_crm"
ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / APP
DOTTED = re.compile(rf"^{APP}(\.[A-Za-z_]\w*)+$")


@cache
def tree(path: Path) -> ast.Module:
	return ast.parse(path.read_text(encoding="utf-8"), str(path))


def shown(path: Path) -> str:
	return path.relative_to(ROOT).as_posix()


@cache
def python_files() -> tuple[Path, ...]:
	return tuple(sorted(path for path in PACKAGE.rglob("*.py") if "__pycache__" not in path.parts))


@cache
def script_files() -> tuple[Path, ...]:
	"""JavaScript and Vue sources; what the build makes of them does not count."""
	found = (path for pattern in ("*.js", "*.vue", "*.ts") for path in PACKAGE.rglob(pattern))
	built = {"dist", "node_modules"}
	return tuple(sorted(path for path in found if not built & set(path.relative_to(PACKAGE).parts)))


@cache
def json_files() -> tuple[Path, ...]:
	built = {"dist", "node_modules"}
	return tuple(sorted(p for p in PACKAGE.rglob("*.json") if not built & set(p.relative_to(PACKAGE).parts)))


def load(path: Path) -> Any:
	return json.loads(path.read_text(encoding="utf-8"))


@cache
def modules() -> dict[str, str]:
	"""Our Frappe modules by folder: {"dealer_crm": "Dealer CRM", …}."""
	names = [line.strip() for line in (PACKAGE / "modules.txt").read_text().splitlines() if line.strip()]
	return {scrub(name): name for name in names}


def scrub(name: str) -> str:
	return name.replace(" ", "_").replace("-", "_").lower()


# Dotted paths


def module_file(dotted: str) -> Path | None:
	"""The file of a module of ours, if there is one."""
	path = ROOT / Path(*dotted.split("."))
	if path.is_dir() and (path / "__init__.py").is_file():
		return path / "__init__.py"
	return path.with_suffix(".py") if path.with_suffix(".py").is_file() else None


def resolve(dotted: str) -> ast.AST | None:
	"""What a dotted path of ours names: a module, or a name at the top of one, or a member of a class there."""
	parts = dotted.split(".")
	for cut in range(len(parts), 0, -1):
		path = module_file(".".join(parts[:cut]))
		if path is None:
			continue
		node: ast.AST | None = tree(path)
		for name in parts[cut:]:
			node = _named(node, name)
		return node
	return None


def _named(node: ast.AST | None, name: str) -> ast.AST | None:
	for child in getattr(node, "body", []):
		if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and child.name == name:
			return child
		if isinstance(child, ast.ImportFrom | ast.Import):
			if any((alias.asname or alias.name.split(".")[0]) == name for alias in child.names):
				return _imported(child, name)
		targets = child.targets if isinstance(child, ast.Assign) else [getattr(child, "target", None)]
		if any(isinstance(target, ast.Name) and target.id == name for target in targets):
			return child
	return None


def _imported(node: ast.ImportFrom | ast.Import, name: str) -> ast.AST | None:
	"""Follow an import of ours to what it brings; one from elsewhere counts as there."""
	if (
		isinstance(node, ast.ImportFrom)
		and node.module
		and node.module.split(".")[0] == APP
		and not node.level
	):
		original = next(alias.name for alias in node.names if (alias.asname or alias.name) == name)
		return resolve(f"{node.module}.{original}")
	return node


def strings(value: Any, where: str = "") -> Iterator[tuple[str, str]]:
	"""Every string in nested data with the way to it, keys too."""
	if isinstance(value, str):
		yield where, value
	elif isinstance(value, dict):
		for key, item in value.items():
			if isinstance(key, str):
				yield f"{where}[key]", key
			yield from strings(item, f"{where}[{key!r}]")
	elif isinstance(value, list | tuple | set):
		for position, item in enumerate(value):
			yield from strings(item, f"{where}[{position}]")


@cache
def hooks() -> dict[str, Any]:
	"""hooks.py as data; what is not a literal is left out here and reported by test_hooks."""
	found: dict[str, Any] = {}
	for node in tree(PACKAGE / "hooks.py").body:
		if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
			try:
				found[node.targets[0].id] = ast.literal_eval(node.value)
			except ValueError:
				continue
	return found


# Functions that a browser may call


@dataclass(frozen=True)
class Whitelisted:
	path: Path
	node: ast.FunctionDef | ast.AsyncFunctionDef
	options: dict[str, Any]
	method_of: str | None

	@property
	def dotted(self) -> str:
		parts = [
			*self.path.relative_to(ROOT).with_suffix("").parts,
			*([self.method_of] if self.method_of else []),
		]
		return ".".join([*parts, self.node.name])


@cache
def whitelisted() -> tuple[Whitelisted, ...]:
	found = []
	for path in python_files():
		for owner in [tree(path), *(node for node in ast.walk(tree(path)) if isinstance(node, ast.ClassDef))]:
			for node in owner.body:
				if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
					continue
				for decorator in node.decorator_list:
					options = _whitelist_options(decorator)
					if options is not None:
						name = owner.name if isinstance(owner, ast.ClassDef) else None
						found.append(Whitelisted(path, node, options, name))
	return tuple(found)


def _whitelist_options(decorator: ast.expr) -> dict[str, Any] | None:
	call = decorator if isinstance(decorator, ast.Call) else None
	target = call.func if call else decorator
	if ast.unparse(target) not in ("frappe.whitelist", "whitelist"):
		return None
	return {word.arg: ast.literal_eval(word.value) for word in call.keywords if word.arg} if call else {}


# What a function does, through the functions of ours that it calls

WRITES = frozenset(
	"insert save submit cancel delete db_set set_value set_single_value delete_doc db_insert db_update "
	"rename_doc bulk_insert sql_ddl commit enqueue sendmail add_value set_default".split()
)
WRITING_SQL = re.compile(r"^\s*(insert|update|delete|replace|alter|drop|create|truncate)\b", re.IGNORECASE)


def writes(path: Path, function: ast.AST, seen: set[str] | None = None) -> list[str]:
	"""Calls that write, in a function or in what it calls of ours: "file:line call"."""
	seen = set() if seen is None else seen
	found: list[str] = []
	for call in (node for node in ast.walk(function) if isinstance(node, ast.Call)):
		if _is_write(call):
			found.append(f"{shown(path)}:{call.lineno} {ast.unparse(call.func)}()")
			continue
		dotted = _called(path, call.func)
		if dotted and dotted not in seen:
			seen.add(dotted)
			target = resolve(dotted)
			place = _place(dotted)
			if place and isinstance(target, ast.FunctionDef | ast.AsyncFunctionDef):
				found += writes(place, target, seen)
	return found


def _is_write(call: ast.Call) -> bool:
	if not isinstance(call.func, ast.Attribute):
		return False
	if call.func.attr in ("sql", "sql_list", "multisql") and call.args:
		query = call.args[0]
		return isinstance(query, ast.Constant) and bool(WRITING_SQL.match(str(query.value)))
	if call.func.attr == "insert" and len(call.args) == 2:
		return False  # into a list
	return call.func.attr in WRITES


def _called(path: Path, function: ast.expr) -> str | None:
	"""The dotted path of a called function of ours; None for everybody else's."""
	names = ast.unparse(function).split(".")
	here = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
	for node in ast.walk(tree(path)):
		if isinstance(node, ast.ImportFrom) and not node.level and (node.module or "").split(".")[0] == APP:
			for alias in node.names:
				if (alias.asname or alias.name) == names[0]:
					return ".".join([str(node.module), alias.name, *names[1:]])
	return f"{here}.{names[0]}" if len(names) == 1 and _named(tree(path), names[0]) is not None else None


def _place(dotted: str) -> Path | None:
	"""The file in which a function of ours is written; one that is passed on by an import counts as elsewhere."""
	path = module_file(dotted.rsplit(".", 1)[0])
	if path is None:
		return None
	node = _named(tree(path), dotted.rsplit(".", 1)[1])
	return path if node is not None and node in tree(path).body else None


# Doctypes


@dataclass(frozen=True)
class Doctype:
	path: Path
	data: dict[str, Any]

	@property
	def name(self) -> str:
		return str(self.data.get("name"))

	@property
	def fields(self) -> list[dict[str, Any]]:
		return list(self.data.get("fields") or [])

	def field(self, name: str) -> dict[str, Any] | None:
		return next((row for row in self.fields if row.get("fieldname") == name), None)

	def __str__(self) -> str:
		return self.name


@cache
def doctypes() -> tuple[Doctype, ...]:
	found = []
	for path in json_files():
		if path.parent.parent.name == "doctype" and path.stem == path.parent.name:
			data = load(path)
			if isinstance(data, dict) and data.get("doctype") == "DocType":
				found.append(Doctype(path, data))
	return tuple(found)


@dataclass(frozen=True)
class Known:
	"""A doctype of Frappe, ERPNext or HRMS."""

	name: str
	app: str
	kind: str


@cache
def known_doctypes() -> dict[str, Known]:
	lines = (Path(__file__).parent / "known_doctypes.txt").read_text(encoding="utf-8").splitlines()
	cells = [line.split("\t") for line in lines if line and not line.startswith("#")]
	return {cell[0]: Known(cell[0], cell[1], cell[2] if len(cell) > 2 else "") for cell in cells}
