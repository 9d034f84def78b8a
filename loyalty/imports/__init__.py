"""Taking files in: CSV of any usual encoding and separator, read row by row, staged, and carried out in batches.

A context says what a row means (`understand`) and what becomes of rows (`take`), in a subclass of `importer.Importer`; the
command line (`command`), workers (`carry_out`) and pages (`forms`) are the same for all. Memory is bounded, whatever the size
of the file. Rows wait sealed in a table of the tenant (`staging`) and are deleted as they are taken in.
"""

from loyalty.imports.columns import Cells, everything_wrong, guessed
from loyalty.imports.csv_file import CsvFile, Row, Source, UnreadableFile, columns_by_name

__all__ = ["Cells", "CsvFile", "Row", "Source", "UnreadableFile", "columns_by_name", "everything_wrong", "guessed"]
