"""Moving past purchases in from a file: read, staged, matched, recorded by the same commands as at the till."""

from earning.imports.columns import FIELDS, LABELS, PurchaseColumns
from earning.imports.run import PurchaseImporter, PurchaseOptions

__all__ = ["FIELDS", "LABELS", "PurchaseColumns", "PurchaseImporter", "PurchaseOptions"]
