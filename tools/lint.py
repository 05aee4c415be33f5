"""The linters: ruff, mypy and, where node is there, a syntax check of the JavaScript."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from tools import venv
from tools.console import BUILD, CHECKOUT, Failure, log_path, run, say, tail
from tools.layers import FAILED, OK, Layer

STRICT = ("dealer_pos_crm/domain", "dealer_pos_crm/rehearsal", "tools")
INSIDE = ("--exclude", r"tools/(inside|wizard)\.py")  # they import Frappe, which is not here


def run_all(python: Path) -> Layer:
	"""Every check runs, also after one has failed, so that one run shows all there is to mend."""
	started = time.monotonic()
	say("\nlint")
	failed = [name for name, command in _checks(python) if not _passes(name, command)]
	seconds = time.monotonic() - started
	if failed:
		return Layer("lint", FAILED, failed=len(failed), seconds=seconds, reason=", ".join(failed))
	return Layer("lint", OK, seconds=seconds)


def _checks(python: Path) -> list[tuple[str, Sequence[str | Path]]]:
	ruff, cache = python.parent / "ruff", BUILD / "ruff"
	strict = [folder for folder in STRICT if any((CHECKOUT / folder).glob("*.py"))]
	checks: list[tuple[str, Sequence[str | Path]]] = [
		("ruff check", [ruff, "check", "--cache-dir", cache, "."]),
		("ruff format --check", [ruff, "format", "--check", "--cache-dir", cache, "."]),
		(
			"mypy --strict",
			[python, "-m", "mypy", "--strict", *INSIDE, "--cache-dir", BUILD / "mypy", *strict],
		),
	]
	node = shutil.which("node")
	scripts = javascript()
	if node and scripts:
		check = CHECKOUT / "tools" / "check_syntax.js"
		flags = ["--experimental-vm-modules", "--no-warnings"]
		checks.append(("javascript syntax", [node, *flags, check, *scripts]))
	elif scripts:
		say("  javascript syntax ... not checked (no node on this machine)")
	return checks


def javascript() -> list[Path]:
	"""The scripts of the app that are plain JavaScript: not built ones, not Jinja templates."""
	found = []
	for path in sorted((CHECKOUT / "dealer_pos_crm").rglob("*.js")):
		relative = path.relative_to(CHECKOUT).parts
		if "node_modules" in relative or "dist" in relative or "{%" in path.read_text(encoding="utf-8"):
			continue
		found.append(path)
	return found


def _passes(name: str, command: Sequence[str | Path]) -> bool:
	log = log_path("lint-" + "".join(c if c.isalnum() else "-" for c in name).strip("-"))
	log.unlink(missing_ok=True)
	ran = run(command, log, cwd=CHECKOUT, timeout=300)
	say(f"  {name} ... {'ok' if ran.code == 0 else 'FAILED'} ({ran.seconds:.1f} s)")
	if ran.code != 0:
		for line in tail(log, 60)[1:]:
			say(f"    | {line}")
	return ran.code == 0


def main() -> int:
	try:
		result = run_all(venv.ensure())
	except Failure as failure:
		say(failure.explain())
		return 1
	say(f"lint {result.status}" + (f": {result.reason}" if result.reason else ""))
	return 0 if result.status == OK else 1


if __name__ == "__main__":
	sys.exit(main())
