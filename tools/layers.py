"""The result of a layer of tests, the table at the end, and build/test-summary.json."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from tools.console import BUILD, CHECKOUT, quiet_output, say, shout

LAYERS = ("unit", "contract", "site", "browser")
SUMMARY = BUILD / "test-summary.json"
OK, FAILED, NOT_RUN = "OK", "FAILED", "NOT RUN"
NOT_PICKED = "not picked"


@dataclass
class Layer:
	layer: str
	status: str
	passed: int = 0
	failed: int = 0
	skipped: int = 0
	seconds: float = 0.0
	reason: str = ""

	def __post_init__(self) -> None:
		if self.status == FAILED and self.failed == 0:
			self.failed = 1  # a layer that could not run to its end is one failure, never "0 failed"
		self.seconds = round(self.seconds, 1)


def not_run(layer: str, reason: str) -> Layer:
	return Layer(layer, NOT_RUN, reason=reason)


def from_pytest(layer: str, code: int, junit: Path, seconds: float, timed_out: bool) -> Layer:
	"""Read what a pytest run did. Collection errors, an empty folder and a missing report are failures."""
	if timed_out:
		return Layer(layer, FAILED, seconds=seconds, reason=f"stopped after {seconds:.0f} s, before its end")
	try:
		cases = list(ElementTree.parse(junit).iter("testcase"))
	except (OSError, ElementTree.ParseError):
		how = f"was killed (signal {-code})" if code < 0 else f"ended with exit code {code}"
		reason = f"pytest {how} before it wrote a report"
		return Layer(layer, FAILED, seconds=seconds, reason=reason)

	passed = failed = skipped = 0
	for case in cases:
		if case.find("failure") is not None or case.find("error") is not None:
			failed += 1
		elif case.find("skipped") is not None:
			skipped += 1
		else:
			passed += 1
	result = Layer(layer, OK, passed, failed, skipped, seconds)
	if failed:
		return Layer(layer, FAILED, passed, failed, skipped, seconds, "see the failures above")
	if code == 5 or not cases:
		return Layer(layer, FAILED, seconds=seconds, reason=f"no test in tests/{layer}")
	if code != 0:
		return Layer(layer, FAILED, passed, failed, skipped, seconds, f"pytest ended with exit code {code}")
	if passed == 0:
		return Layer(layer, FAILED, 0, 0, skipped, seconds, "every test was skipped, so nothing was proven")
	return result


def together(name: str, parts: Sequence[Layer]) -> Layer:
	"""One layer that ran in several parts at the same time."""
	bad = [part for part in parts if part.status != OK]
	return Layer(
		name,
		bad[0].status if bad else OK,
		sum(part.passed for part in parts),
		sum(part.failed for part in parts),
		sum(part.skipped for part in parts),
		max(part.seconds for part in parts),
		"; ".join(dict.fromkeys(part.reason for part in bad)),
	)


def table(rows: Sequence[Layer]) -> str:
	"""One table: layer, status, passed, failed, skipped, seconds."""
	head = ("layer", "status", "passed", "failed", "skipped", "seconds")
	body = []
	for row in rows:
		counts = [str(row.passed), str(row.failed), str(row.skipped)]
		if row.status == NOT_RUN or row.layer == "lint":
			counts = ["-", "-", "-"]
		seconds = "-" if row.status == NOT_RUN else f"{row.seconds:.1f}"
		reason = row.reason.split("\n", 1)[0] if row.status != OK else ""
		body.append((row.layer, row.status, *counts, seconds, reason))
	widths = [max(len(head[i]), *(len(line[i]) for line in body)) for i in range(len(head))]

	def draw(cells: Sequence[str], reason: str = "") -> str:
		texts = [cell.ljust(widths[i]) if i < 2 else cell.rjust(widths[i]) for i, cell in enumerate(cells)]
		return ("  ".join(texts) + (f"  {reason}" if reason else "")).rstrip()

	lines = [draw(head), "  ".join("-" * width for width in widths)]
	lines += [draw(line[:6], line[6]) for line in body]
	return "\n".join(lines)


def commit_and_state() -> tuple[str, bool]:
	"""The commit of the checkout, and whether its files differ from it."""
	# The checkout may belong to somebody else (a mounted workspace): say that it is meant.
	git: list[str | Path] = ["git", "-c", f"safe.directory={CHECKOUT}", "-C", CHECKOUT]
	code, commit = quiet_output([*git, "rev-parse", "HEAD"])
	if code != 0:
		return "unknown", True
	code, changes = quiet_output([*git, "status", "--porcelain"])
	return commit, code != 0 or bool(changes)


def _by_reason(rows: Sequence[Layer]) -> dict[tuple[str, str], list[str]]:
	found: dict[tuple[str, str], list[str]] = {}
	for row in rows:
		found.setdefault((row.status, row.reason), []).append(row.layer)
	return found


def report(lint: Layer, layers: Sequence[Layer]) -> int:
	"""Print the table, write the summary, shout what did not run, and give the exit code."""
	commit, dirty = commit_and_state()
	summary = {
		"commit": commit,
		"dirty": dirty,
		"lint": asdict(lint),
		"layers": [asdict(row) for row in layers],
	}
	SUMMARY.parent.mkdir(parents=True, exist_ok=True)
	SUMMARY.write_text(json.dumps(summary, indent=1) + "\n", encoding="utf-8")

	for (status, reason), names in _by_reason([lint, *layers]).items():
		if status != OK and not reason.startswith(NOT_PICKED):
			shout(f"{status}: {', '.join(names)}: {reason}")
	say("\n" + table([lint, *layers]))
	say(
		f"\nwritten to {SUMMARY.relative_to(CHECKOUT)} (commit {commit[:12]}{', with changes' if dirty else ''})"
	)
	if lint.status == FAILED:
		say("lint FAILED: the command fails whatever the tests say")

	passed, failed, skipped = (
		sum(getattr(row, what) for row in layers) for what in ("passed", "failed", "skipped")
	)
	say(f"{passed} passed, {failed} failed, {skipped} skipped")
	return 1 if failed or any(row.status == FAILED for row in (lint, *layers)) else 0
