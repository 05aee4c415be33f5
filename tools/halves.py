"""Tests in two halves, side by side, on a site each: a machine with two cores is used, and a slow one spared."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

# What looks at all that the other tests of its site have left belongs to both, at the end.
LAST = "test_zz_"


def deal(tests: Sequence[Path]) -> tuple[list[Path], list[Path]]:
	"""The test files in two lists of about the same length of code, in alphabetical order."""
	last = sorted(path for path in tests if path.name.startswith(LAST))
	halves: tuple[list[Path], list[Path]] = ([], [])
	weights = [0, 0]
	for path in sorted(set(tests) - set(last), key=lambda path: (-path.stat().st_size, path.name)):
		lighter = weights.index(min(weights))
		halves[lighter].append(path)
		weights[lighter] += path.stat().st_size
	return (sorted(halves[0]) + last, sorted(halves[1]) + last)
