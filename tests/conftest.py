"""For every test: how long one example takes says nothing where browsers and whole rooms run beside it."""

from hypothesis import settings

# pytest-timeout still ends what hangs.
settings.register_profile("in company", deadline=None)
settings.load_profile("in company")
