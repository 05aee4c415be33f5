"""Cards taken in person: ``readers`` knows the devices at the counters and lets one payment at a time onto each,
``taking`` brings a payment to a reader and follows it to its end, ``recovery`` finds what was left lying,
``following`` hears what the provider says of a reader, ``overview`` tells a screen.
"""
