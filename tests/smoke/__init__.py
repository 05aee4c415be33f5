"""Against Stripe's own test mode, by a person with a test key, before going live. `make smoke`.

The stand-in for Stripe proves our logic; these few prove that Stripe is as the stand-in says. They need the
network and STRIPE_TEST_KEY (sk_test_… or rk_test_…), make test objects in that account, and take a few minutes.
"""
