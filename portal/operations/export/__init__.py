"""Everything public as a folder of open formats, with a manifest of what is in it."""

from portal.operations.export.writing import Exported, NotEmpty, export

__all__ = ["Exported", "NotEmpty", "export"]
