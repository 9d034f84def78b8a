"""Moving customers in from a file: each row registers somebody, or is told to be there already, or is refused with its field."""

from customers.imports.columns import FIELDS, LABELS
from customers.imports.run import CustomerImporter, CustomerOptions

__all__ = ["FIELDS", "LABELS", "CustomerImporter", "CustomerOptions"]
