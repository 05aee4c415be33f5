"""The tests for a person with a Stripe key can themselves be run: here against the stand-in, over HTTP."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.stripe_fake.server import serve

ROOT = Path(__file__).resolve().parents[2]


def smoke(**environment: str) -> str:
	told = {name: value for name, value in os.environ.items() if not name.startswith(("STRIPE_", "PYTEST_"))}
	ran = subprocess.run(
		[sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", ROOT / "tests" / "smoke"],
		cwd=ROOT,
		env={**told, **environment},
		capture_output=True,
		text=True,
		timeout=120,
	)
	return ran.stdout + ran.stderr


def test_without_a_key_every_smoke_test_is_skipped_and_says_so() -> None:
	said = smoke()
	assert "STRIPE_TEST_KEY is not set: Stripe itself was NOT asked" in said
	assert re.search(r"^\d+ skipped in", said, re.MULTILINE)


def test_a_live_key_is_never_used() -> None:
	said = smoke(STRIPE_TEST_KEY="sk_live_" + "x" * 24)
	assert "never touch a live account" in said and " passed" not in said


def test_with_a_key_they_pass_against_the_stand_in() -> None:
	with serve() as server:
		server.fake.habits.search_delay = 1
		said = smoke(STRIPE_TEST_KEY=server.fake.key, STRIPE_TEST_BASE=server.url, STRIPE_TEST_PATIENCE="10")
	assert re.search(r"^\d+ passed in", said, re.MULTILINE), said
