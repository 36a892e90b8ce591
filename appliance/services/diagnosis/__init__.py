"""What is missing on this machine, for what, and what to do: the checks behind `appliance doctor`.

Nothing here changes the machine, except that the disk's speed is measured with a small file that is removed again.
"""

from appliance.services.diagnosis.examination import Report, examine
from appliance.services.diagnosis.finding import Finding, Machine, Use

__all__ = ["Finding", "Machine", "Report", "Use", "examine"]
