"""For every test: the same examples each time, and how long one takes says nothing where whole rooms run beside it."""

from hypothesis import settings

# Chance looks for new faults by night; a change is measured by what it changed. pytest-timeout still ends what hangs.
settings.register_profile("every day", deadline=None, derandomize=True, database=None, print_blob=True)
settings.load_profile("every day")
