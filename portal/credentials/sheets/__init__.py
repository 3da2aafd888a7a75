"""What others say of units, as a spreadsheet of credit codes with one word each: looked at row by row, taken as a whole or not at all."""

from portal.credentials.sheets.rules import NO_YEAR, Kind, Report, RowFault, plain
from portal.credentials.sheets.services import take

__all__ = ["NO_YEAR", "Kind", "Report", "RowFault", "plain", "take"]
