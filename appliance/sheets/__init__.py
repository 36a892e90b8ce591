"""What people write down, read and written: TOML, JSON, CSV and XLSX ↔ rows of cells and decoded tables.

What stands in them is decided elsewhere: `appliance/sheet.py`, `roster.py`, `meeting_file.py`, `meeting_sheets.py`.
"""

from appliance.sheets.meeting import FORMATS, decode, encode, toml
from appliance.sheets.people import read_rows
from appliance.sheets.sample import sample

__all__ = ["FORMATS", "decode", "encode", "read_rows", "sample", "toml"]
