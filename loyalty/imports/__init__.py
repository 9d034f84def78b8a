"""Taking files in: CSV of any usual encoding and separator, read row by row, staged, and carried out in batches.

    class CustomerImport(Import[CustomerRow]):      # what a context says: see `loyalty.imports.importer`
        …

Memory is bounded, whatever the size of the file. Rows wait sealed in a table of the tenant and are deleted as they are taken in.
"""

from loyalty.imports.columns import Cells, guessed
from loyalty.imports.csv_file import CsvFile, Row, Source, UnreadableFile, columns_by_name

__all__ = ["Cells", "CsvFile", "Row", "Source", "UnreadableFile", "columns_by_name", "guessed"]
