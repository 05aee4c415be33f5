"""Summit Motors, a dealership that does not exist: people, cars and the days of a business.

One source for the rehearsal's built-in month, the demo site and the tests. Everything follows from a
seed; nothing is random from one run to the next. ``people`` and ``cars`` are who and what there is,
``acts`` is what can happen, ``script`` is what does happen, ``events`` is how the spine tells it, with
``card_money`` around what was paid from afar.
"""
