"""The rows of a list of people: CSV, or the sheet of an XLSX workbook that holds the delegates."""

from __future__ import annotations

from collections.abc import Sequence

from appliance import headings
from appliance.sheets import delimited, workbook
from appliance.written import Written


def read_rows(name: str, data: bytes) -> list[Sequence[Written]]:
    """The rows of a file called `name`: of a workbook those of its sheet *Đại biểu*, else of its first sheet.

    Raises `ConfigurationError` where it is neither CSV nor XLSX.
    """
    if not name.lower().endswith((".xlsx", ".xlsm")):
        return [*delimited.rows(name, data)]
    sheets = workbook.sheets(name, data)
    people = [rows for title, rows in sheets.items() if headings.sheet(title) == "delegate"]
    return [*(people or list(sheets.values()) or [[]])[0]]
