"""The spine: one SQLite file, append-only and hash-chained. Every arrow of the appliance passes through it."""

from appliance.journal.follow import Follower, read
from appliance.journal.reader import Reader
from appliance.journal.writer import Fact, Instant, Writer

__all__ = ["Fact", "Follower", "Instant", "Reader", "Writer", "read"]
