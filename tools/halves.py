"""Tests in two halves, side by side, on a site each: a machine with two cores is used, and a slow one spared."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

# What looks at all that the other tests of its site have left belongs to both, at the end.
LAST = "test_zz_"
# What takes longer than its length says, in bytes of what takes as long.
LONG = {
	"test_install_uninstall.py": 110_000,  # installs the app twice
	"test_receipts.py": 30_000,  # makes PDFs
	"test_card_refund_faults.py": 20_000,  # waits for what does not answer
	"test_card_reader.py": 20_000,
	"test_counter_collect.py": 10_000,
}


def deal(tests: Sequence[Path]) -> tuple[list[Path], list[Path]]:
	"""The test files in two lists that take about the same time, by the length of their code; in alphabetical
	order."""
	last = sorted(path for path in tests if path.name.startswith(LAST))
	halves: tuple[list[Path], list[Path]] = ([], [])
	weights = [0, 0]
	for path in sorted(set(tests) - set(last), key=lambda path: (-_weight(path), path.name)):
		lighter = weights.index(min(weights))
		halves[lighter].append(path)
		weights[lighter] += _weight(path)
	return (sorted(halves[0]) + last, sorted(halves[1]) + last)


def _weight(path: Path) -> int:
	return path.stat().st_size + LONG.get(path.name, 0)
