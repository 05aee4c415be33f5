"""What Desk is told at its start."""

from dealer_pos_crm.dealer_setup.settings import companies


def extend_bootinfo(bootinfo) -> None:
	"""Which companies are dealerships: forms of ERPNext ask for nothing more where there is none."""
	names = companies()
	if names:
		bootinfo.dealer = {"companies": names}
