"""For every test: the same examples each time, and how long one takes says nothing where whole rooms run beside it."""

from hypothesis import HealthCheck, settings

# Chance looks for new faults by night; a change is measured by what it changed. pytest-timeout still ends what hangs.
settings.register_profile(
    "every day",
    deadline=None,
    derandomize=True,
    database=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],  # by the wall's clock too
)
settings.load_profile("every day")
