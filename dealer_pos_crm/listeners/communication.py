"""Communication: a message that a person wrote answers a lead, one from the customer asks again; a portal's brings a lead."""

from dealer_pos_crm.dealer_crm.leads import contact, mail


def after_insert(doc, method=None) -> None:
	contact.of_communication(doc)
	mail.arrived(doc)
