"""The desk of the ballot service: who asks, whether they may, what is answered.

A command that becomes one fact is an `Act`: its request's id is the fact's id, so that the same request again finds the
fact and gets the same answer. Everything else is an answer, at once or (`Slow`) after work that a worker thread does
meanwhile. Replies leave only after the turn's facts are durable.
"""

from appliance.services.desk.counter import Counter
from appliance.services.desk.desk import Desk
from appliance.services.desk.outcomes import Act, Caller, Slow

__all__ = ["Act", "Caller", "Counter", "Desk", "Slow"]
