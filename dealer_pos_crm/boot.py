"""What Desk is told at its start."""

from dealer_pos_crm.dealer_cashier.gateway import accounts
from dealer_pos_crm.dealer_cashier.terminal.readers import companies_with_readers
from dealer_pos_crm.dealer_setup.settings import companies


def extend_bootinfo(bootinfo) -> None:
	"""Which companies are dealerships, which can be paid by a link (Test or Live), and which have a card reader:
	forms of ERPNext ask for nothing more where there is none."""
	names = companies()
	if names:
		bootinfo.dealer = {
			"companies": names,
			"card_links": accounts.modes(),
			"card_readers": companies_with_readers(names),
		}
