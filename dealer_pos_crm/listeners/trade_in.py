"""Trade In: a car that comes to a deal, or leaves it, brings its papers along."""

from dealer_pos_crm.dealer_showroom.documents import checklist


def on_update(doc, method=None) -> None:
	before = doc.get_doc_before_save()
	if before is None and doc.status == "To Appraise":
		return
	if before is not None and (before.status, before.deal) == (doc.status, doc.deal):
		return
	for deal in {doc.deal, before.deal if before else None} - {None, ""}:
		checklist.refresh(deal)
