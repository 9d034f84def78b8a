"""Reading what shops have: CSV files of any usual encoding and separator, row by row, in bounded memory."""

from loyalty.imports.csv_file import CsvFile, Row, UnreadableFile, columns_by_name

__all__ = ["CsvFile", "Row", "UnreadableFile", "columns_by_name"]
