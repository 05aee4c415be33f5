"""`make smoke`: the few tests against Stripe's own test mode, for a person with a test key. See tests/smoke."""

from __future__ import annotations

import os
import subprocess
import sys

from tools import venv
from tools.console import CHECKOUT, Failure, say

KEY = "STRIPE_TEST_KEY"


def main(words: list[str]) -> int:
	if not os.environ.get(KEY):
		say(
			f"smoke NOT RUN: {KEY} is not set; give it a test key of Stripe's (sk_test_...), and nothing else"
		)
		return 0
	try:
		python = venv.ensure()
	except Failure as failure:
		say(failure.explain())
		return 1
	command = [
		str(python),
		"-m",
		"pytest",
		"-p",
		"no:cacheprovider",
		"-ra",
		str(CHECKOUT / "tests" / "smoke"),
		*words,
	]
	return subprocess.run(command, cwd=CHECKOUT, check=False).returncode


if __name__ == "__main__":
	sys.exit(main(sys.argv[1:]))
