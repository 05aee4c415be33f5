"""Tests on a real ERPNext site. A test that needs a commit commits; all else is rolled back after it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support import clean_slate, connected


@pytest.fixture(scope="session", autouse=True)
def site() -> Iterator[str]:
	with connected() as name:
		yield name


@pytest.fixture(autouse=True)
def rolled_back(site: str) -> Iterator[None]:
	yield
	clean_slate()
