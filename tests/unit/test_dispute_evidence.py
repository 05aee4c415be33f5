"""What a bank is shown in a dispute: which texts, how long, which papers, and what is missing."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealer_pos_crm.domain.dispute_evidence import (
	FILES,
	LONGEST_IN_ALL,
	LONGEST_TEXT,
	REASONS,
	SHOWN_EVENTS,
	TEXTS,
	WHOLE_PACK,
	Advice,
	Answer,
	Proof,
	advice,
	check_texts,
	cut,
	missing,
	papers_to_send,
	reason_of,
	texts_of,
)
from dealer_pos_crm.domain.money import Money
from dealer_pos_crm.domain.refusal import Refused


def provider_fields() -> set[str]:
	from stripe.params import DisputeModifyParamsEvidence

	return set(DisputeModifyParamsEvidence.__annotations__)


def test_every_field_is_one_that_the_provider_takes():
	known = provider_fields()
	assert len(known) == 29
	assert set(TEXTS) <= known
	assert {*FILES.values(), WHOLE_PACK} <= known
	assert not set(TEXTS) & {*FILES.values(), WHOLE_PACK}


FULL = Answer(
	rebuttal="It was collected and signed for.",
	product_description="Repair order RO-1",
	customer_name="Ann Buyer",
	customer_email="ann@example.com",
	purchase_ip="203.0.113.7",
	billing_address="1 Main St",
	service_date="02-03-2026",
	delivered_on="03-03-2026",
	terms_shown="Ticked on the pay page.",
	refund_refusal="Not refundable after the work.",
	other_charge="ch_2",
	access_log="10:00 opened",
	further_facts="Approved by phone.",
)


@pytest.mark.parametrize("reason", [*REASONS, "", "new_word_of_the_provider"])
def test_what_is_written_goes_where_the_bank_reads_it_and_nothing_is_lost(reason):
	texts = texts_of(reason, FULL)
	together = "\n".join(texts.values())
	for part in (
		FULL.rebuttal,
		FULL.product_description,
		FULL.further_facts,
		FULL.terms_shown,
		FULL.refund_refusal,
	):
		assert part in together
	own = {
		"credit_not_processed": "refund_refusal_explanation",
		"duplicate": "duplicate_charge_explanation",
		"subscription_canceled": "cancellation_rebuttal",
	}.get(reason, "uncategorized_text")
	assert FULL.rebuttal in texts[own]
	assert sum(FULL.rebuttal in text for text in texts.values()) == 1
	assert ("duplicate_charge_id" in texts) == (reason == "duplicate")


def test_empty_fields_are_not_sent():
	assert texts_of("general", Answer(customer_name="  ")) == {}


def test_texts_are_held_to_the_providers_lengths():
	check_texts({"uncategorized_text": "x" * LONGEST_TEXT})
	with pytest.raises(Refused) as caught:
		check_texts({"uncategorized_text": "x" * (LONGEST_TEXT + 1)})
	assert caught.value.code == "too_long"
	many = dict.fromkeys(TEXTS[:8], "x" * LONGEST_TEXT)
	with pytest.raises(Refused) as caught:
		check_texts(many)
	assert caught.value.code == "too_long"
	assert str(LONGEST_IN_ALL) in str(caught.value)
	with pytest.raises(Refused) as caught:
		check_texts({"shipping_carrier": "a truck"})
	assert caught.value.code == "field"


@given(st.text(max_size=400), st.integers(20, 300))
def test_a_text_is_cut_to_its_length_and_says_so(text, longest):
	short = cut(text, "(more)", longest)
	assert len(short) <= longest
	assert short == text or short.endswith("(more)")


def test_papers_of_their_own_as_long_as_the_answer_is_not_too_heavy():
	parts = {"receipt": 300, "service_documentation": 600, "refund_policy": 100}
	assert papers_to_send(500, parts, 1_000) == ["receipt", "refund_policy"]
	assert papers_to_send(500, parts, 10_000) == list(parts)
	assert papers_to_send(2_000, parts, 1_000) == []


def test_what_is_missing_is_told_the_most_telling_first():
	assert missing("product_not_received", {Proof.RECEIPT, Proof.AGREEMENT})[0] is Proof.DELIVERY
	assert Proof.RECEIPT not in missing("product_not_received", {Proof.RECEIPT})
	for reason, words in REASONS.items():
		assert missing(reason, set(words.shows)) == []
		assert len(set(words.shows)) == len(words.shows)


def test_a_reason_nobody_knows_keeps_its_name():
	assert reason_of("bank_cannot_process").title == "Bank Cannot Process"
	assert reason_of("").title == "Other"


def usd(cents: int) -> Money:
	return Money(cents, "USD")


def test_advice_on_refunds():
	def said(**more) -> Advice:
		values = {
			"open_": True,
			"inquiry": False,
			"refundable": False,
			"withdrawn": usd(100),
			"refunded": usd(0),
			"pending": usd(0),
		}
		return advice(**{**values, **more})

	assert said() is Advice.DO_NOT_REFUND
	assert said(open_=False, refunded=usd(5)) is Advice.NONE
	assert said(pending=usd(5), refunded=usd(5)) is Advice.REFUND_UNDER_WAY
	assert said(refunded=usd(5)) is Advice.SHOW_THE_REFUND
	assert said(inquiry=True, refundable=True, withdrawn=usd(0)) is Advice.MAY_REFUND
	assert said(inquiry=True, refundable=False, withdrawn=usd(0)) is Advice.DO_NOT_REFUND


def test_nobody_is_advised_to_refund_what_the_bank_has_taken():
	for inquiry, refundable in product((True, False), repeat=2):
		assert (
			advice(
				open_=True,
				inquiry=inquiry,
				refundable=refundable,
				withdrawn=usd(1),
				refunded=usd(0),
				pending=usd(0),
			)
			is Advice.DO_NOT_REFUND
		)


def test_a_bank_reads_what_happened_with_the_customer_and_nothing_of_the_house():
	from dealer_pos_crm.domain.event import EVENT_TYPES

	assert SHOWN_EVENTS <= EVENT_TYPES
	inside = (
		"compliance.",
		"claim.",
		"dispute.",
		"gateway.",
		"lead.",
		"product.",
		"survey.",
		"trade.",
		"customer.",
	)
	assert not [kind for kind in SHOWN_EVENTS if kind.startswith(inside)]
	assert not SHOWN_EVENTS & {"deal.approval_asked", "deal.approved", "deal.funded", "vehicle.repriced"}
