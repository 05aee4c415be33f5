"""`make test`: linters, then every layer of tests that this machine allows. See CONTRIBUTING.md."""

from __future__ import annotations

import os
import shutil
import sys
import time
import traceback
from collections.abc import Sequence
from pathlib import Path

from tools import app, bench, beside, database, halves, lint, services, venv
from tools.bench import APP, Bench
from tools.console import (
	BUILD,
	CHECKOUT,
	LOGS,
	Failure,
	Job,
	NotHere,
	Ran,
	log_path,
	say,
	start,
	stop_children_with_us,
	wait_for_all,
)
from tools.layers import FAILED, LAYERS, NOT_PICKED, SUMMARY, Layer, from_pytest, not_run, report, together
from tools.site import SECOND, TEST, UNINSTALL, Sites

# The whole command stays below half an hour, also on a slow or shared machine.
BUDGET = 29 * 60
TIMEOUTS = {"unit": 420, "contract": 180, "site": 1080, "browser": 600}
IN_HALVES = frozenset({"unit"})
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def main(words: Sequence[str]) -> int:
	picked = _picked(words)
	until = time.monotonic() + BUDGET
	SUMMARY.unlink(missing_ok=True)
	shutil.rmtree(LOGS, ignore_errors=True)
	results: dict[str, Layer] = {}
	try:
		python = venv.ensure()
	except Failure as failure:
		say(failure.explain())
		linted = Layer("lint", FAILED, reason=_first_line(failure))
		results.update(
			{name: Layer(name, FAILED, reason=_first_line(failure)) for name in ("unit", "contract")}
		)
	else:
		linted = lint.run_all(python)
		for name in ("unit", "contract"):
			if name in picked:
				results[name] = _run_outside(name, python, until)
	results.update(_run_in_bench([name for name in ("site", "browser") if name in picked], until))
	rows = [
		results[name] if name in picked else not_run(name, f"{NOT_PICKED} (LAYERS={' '.join(picked)})")
		for name in LAYERS
	]
	return report(linted, rows)


def _picked(words: Sequence[str]) -> list[str]:
	asked = [name for word in words for name in word.replace(",", " ").split()]
	unknown = [name for name in asked if name not in LAYERS]
	if unknown:
		raise SystemExit(f"unknown layer {unknown[0]!r}; there are: {' '.join(LAYERS)}")
	return [name for name in LAYERS if name in asked] or list(LAYERS)


def _pytest_words(tests: Sequence[Path], root: Path, junit: Path) -> list[str | Path]:
	return [
		*("-m", "pytest"),
		*tests,
		*("--rootdir", root, "-c", root / "pyproject.toml"),
		*("--junitxml", junit, "-p", "no:cacheprovider", "--tb=short", "-q"),
		*("--durations", "5", "--durations-min", "5"),
	]


def _timeout(name: str, until: float) -> float:
	return max(30.0, min(TIMEOUTS[name], until - time.monotonic()))


def _run_outside(name: str, python: Path, until: float) -> Layer:
	"""A layer that needs neither bench nor database, straight from the checkout; the long one in two halves."""
	say(f"\n{name}")
	folder = CHECKOUT / "tests" / name
	parts = halves.deal(list(folder.rglob("test_*.py"))) if name in IN_HALVES else ([folder],)
	env = {**os.environ, "HYPOTHESIS_STORAGE_DIRECTORY": str(BUILD / "hypothesis")}
	env.pop("PYTHONPATH", None)
	names = [f"{name}-{number}" if len(parts) > 1 else name for number in range(1, len(parts) + 1)]
	jobs: list[Job | Ran] = []
	for part_name, tests in zip(names, parts, strict=True):
		junit = BUILD / f"junit-{part_name}.xml"
		junit.unlink(missing_ok=True)
		words = [python, *_pytest_words(tests, CHECKOUT, junit)]
		jobs.append(start(words, log_path(part_name), cwd=CHECKOUT, env=env, live=not jobs))
	ends = wait_for_all(jobs, _timeout(name, until))
	for ran in ends[1:]:
		_say_log(ran)
	return together(
		name,
		[
			from_pytest(part_name, ran.code, BUILD / f"junit-{part_name}.xml", ran.seconds, ran.timed_out)
			for part_name, ran in zip(names, ends, strict=True)
		],
	)


def _say_log(ran: Ran) -> None:
	say("\n" + ran.log.read_text(encoding="utf-8", errors="replace"))


def _run_in_bench(names: Sequence[str], until: float) -> dict[str, Layer]:
	if not names:
		return {}
	say("\nbench")
	started = time.monotonic()
	try:
		found = bench.find()
		say(f"  {found.path} of {found.account.name}")
		with found.locked() as waited:
			until += waited  # for another run: that is not our time
			sites = _prepare(found)
			try:
				runner = beside.ensure(found)
				return {name: _run_layer(name, found, runner, sites, until) for name in names}
			finally:
				sites.remove(SECOND)
	except NotHere as reason:
		return {name: not_run(name, str(reason)) for name in names}
	except Failure as failure:
		say("\n" + failure.explain())
		why = _first_line(failure) + (f" (log: {failure.log})" if failure.log else "")
		seconds = time.monotonic() - started
		return {name: Layer(name, FAILED, seconds=seconds, reason=why) for name in names}


def _prepare(found: Bench) -> Sites:
	"""Services up, this checkout in the bench, and two test sites with a fresh installation of it."""
	services.ensure(found)
	sites = Sites(found, database.find_root(found))
	say(f"  Frappe {found.versions['frappe']}, ERPNext {found.versions['erpnext']}")
	app.install(found)
	sites.restore(TEST, allow_tests=True, pause_scheduler=1, mute_emails=0)
	sites.install_app(TEST)
	sites.copy(TEST, SECOND, allow_tests=True, pause_scheduler=1, mute_emails=0)
	return sites


def _run_layer(name: str, found: Bench, python: Path, sites: Sites, until: float) -> Layer:
	say(f"\n{name}")
	try:
		if name == "site":
			return _run_site_tests(found, python, sites, until)
		return _run_halves(name, found, python, browser_environment(found), until)
	except NotHere as reason:
		return not_run(name, str(reason))
	except Failure as failure:
		say(failure.explain())
		return Layer(name, FAILED, reason=_first_line(failure))


def _run_site_tests(found: Bench, python: Path, sites: Sites, until: float) -> Layer:
	try:
		sites.restore(UNINSTALL, allow_tests=True, pause_scheduler=1)
		return _run_halves("site", found, python, {"DEALER_UNINSTALL_SITE": UNINSTALL}, until)
	finally:
		sites.remove(UNINSTALL)


def _run_halves(name: str, found: Bench, python: Path, more: dict[str, str], until: float) -> Layer:
	"""Two halves at the same time, each on a site of its own."""
	tests = halves.deal(list((found.app / "tests" / name).glob("test_*.py")))
	jobs = [
		_start(f"{name}-{number}", found, python, site, half, more, live=number == 1)
		for number, (site, half) in enumerate(zip((TEST, SECOND), tests, strict=True), 1)
	]
	ends = wait_for_all(jobs, _timeout(name, until))
	_say_log(ends[1])
	parts = [_read(f"{name}-{number}", found, ran) for number, ran in enumerate(ends, 1)]
	return together(name, parts)


def _start(
	name: str,
	found: Bench,
	python: Path,
	site: str,
	tests: Sequence[Path],
	more: dict[str, str],
	*,
	live: bool,
) -> Job | Ran:
	junit = _junit(name, found)
	junit.unlink(missing_ok=True)
	env = found.env(
		DEALER_TEST_SITE=site,
		DEALER_BENCH_DIR=str(found.path),
		PYTHONDONTWRITEBYTECODE="1",
		**beside_the_checkout(),
		**more,
	)
	words = [python, *_pytest_words(tests, found.app, junit)]
	return start(words, log_path(name), cwd=found.sites, env=env, account=found.account, live=live)


def _junit(name: str, found: Bench) -> Path:
	return found.folder("reports") / f"junit-{name}.xml"


def _read(name: str, found: Bench, ran: Ran) -> Layer:
	return from_pytest(name, ran.code, _junit(name, found), ran.seconds, ran.timed_out)


def beside_the_checkout() -> dict[str, str]:
	"""Where data lies that is no part of this repository: the copy in the bench does not have it beside it."""
	named = os.environ.get("DEALER_SHARED_DATA")
	folder = Path(named) if named else CHECKOUT.parent / "shared" / "data"
	return {"DEALER_SHARED_DATA": str(folder)} if folder.is_dir() else {}


def browser_environment(found: Bench) -> dict[str, str]:
	"""Where the browser is and where its pictures go."""
	named = os.environ.get("DEALER_CHROMIUM")
	looked_for = [named] if named else list(CHROMIUMS)
	chromium = next((path for path in map(shutil.which, looked_for) if path), None)
	if chromium is None:
		raise NotHere(f"no Chromium on this machine (looked for {', '.join(looked_for)})")
	return {"DEALER_CHROMIUM": chromium, "DEALER_SCREENSHOTS": str(found.folder("screenshots"))}


def _first_line(error: Exception) -> str:
	return str(error).split("\n", 1)[0]


if __name__ == "__main__":
	stop_children_with_us()
	try:
		sys.exit(main(sys.argv[1:]))
	except KeyboardInterrupt:
		say("\nstopped")
		sys.exit(130)
	except Exception:
		# Ours to mend, so the trace is shown; but the command still ends as it promises to.
		traceback.print_exc()
		broken = [Layer(name, FAILED, reason=f"{APP}'s own tools broke, see above") for name in LAYERS]
		sys.exit(report(Layer("lint", FAILED, reason="not run to the end"), broken))
