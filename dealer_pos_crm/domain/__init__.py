"""What a dealership decides: pure Python, exact money, no Frappe.

Read in this order: ``money`` and ``vin`` (values), ``deposit`` and ``vehicle`` (state machines),
``spine`` (what happened to a customer), ``follow_up`` (what is promised because of it), ``clock``
(business time and quiet hours).
"""
