"""`make quick LAYERS=site ARGS="-k deposit"`: one layer on the test site as it stands, for the work in between.

Copies the checkout into the bench and runs pytest. It installs, migrates and proves nothing: `make test` does.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from tools import app, bench, beside, database, services
from tools.console import Failure, NotHere, log_path, run, say, stop_children_with_us
from tools.site import TEST, UNINSTALL, Sites
from tools.test import beside_the_checkout, browser_environment


def main(words: Sequence[str]) -> int:
	layer, *more = words or ["site"]
	if layer not in ("site", "browser"):
		raise SystemExit("make quick is for LAYERS=site or LAYERS=browser")
	try:
		found = bench.find()
		services.ensure(found)
		with found.locked():
			app.install(found)
			sites = Sites(found, database.find_root(found))
			if not sites.has_app(TEST):
				sites.restore(TEST, allow_tests=True, pause_scheduler=1)
				sites.install_app(TEST)
			python = beside.ensure(found)
			env = found.env(
				DEALER_TEST_SITE=TEST,
				DEALER_BENCH_DIR=str(found.path),
				PYTHONDONTWRITEBYTECODE="1",
				**beside_the_checkout(),
			)
			if layer == "browser":
				env |= browser_environment(found)
			elif any("uninstall" in word for word in more):
				sites.restore(UNINSTALL, allow_tests=True, pause_scheduler=1)
				env["DEALER_UNINSTALL_SITE"] = UNINSTALL
			command: list[str | Path] = [
				python,
				"-m",
				"pytest",
				found.app / "tests" / layer,
				"--rootdir",
				found.app,
			]
			command += ["-c", found.app / "pyproject.toml", "-p", "no:cacheprovider", "--tb=short", *more]
			log = log_path(f"quick-{layer}")
			return run(command, log, cwd=found.sites, env=env, account=found.account, live=True).code
	except NotHere as reason:
		say(str(reason))
	except Failure as failure:
		say(failure.explain())
	return 1


if __name__ == "__main__":
	stop_children_with_us()
	sys.exit(main(sys.argv[1:]))
