"""What an import refuses, a file as a whole or a row of it, in words."""

from django.utils.translation import gettext_lazy as _

from loyalty.messages import refusals

refusals.register_all(
    {
        "imports.no_such_file": _("The file %(name)s cannot be opened. Check its name and place."),
        "imports.file_empty": _("The file is empty."),
        "imports.file_too_large": _("The file is too large: at most %(most)s MB are possible. Split it into several files."),
        "imports.file_needed": _("The file was not read to its end: give it again."),
        "imports.forgotten": _("The file is no longer here, because the import waited too long. Begin again with the file."),
        "imports.broken_archive": _("The archive is damaged: it cannot be unpacked. Pack the file again."),
        "imports.unknown_encoding": _("The encoding %(encoding)s is not known. Choose one of %(known)s."),
        "imports.wrong_encoding": _("The file is not written in %(encoding)s. Choose another encoding, or save the file as UTF-8."),
        "imports.ask_encoding": _("The file is not written in UTF-8. Say which encoding it has: %(known)s."),
        "imports.not_csv": _("Line %(line)s is not a line of a CSV file: a quotation mark is missing, or a cell is too long."),
        "imports.nul": _("Line %(line)s holds a NUL, a character that no text has. Take it out, or say which encoding the file has."),
        "imports.column_twice": _("Two columns are named %(column)s. Give one of them another name, or take it out of the file."),
        "imports.looks_like": _(
            "The column %(column)s is not used, but looks like %(like)s. If it is, say --map %(like)s=%(quoted)s; "
            "if not, --ignore %(quoted)s."
        ),
        "imports.day_or_month": _(
            "The dates of this file can be read in two ways: day first or month first. Say how they are written: “Dates and times are "
            'written as” on the page, or on the command line --time-format "%(one)s" or "%(other)s".'
        ),
        "imports.no_header": _("The first line must hold the names of the columns."),
        "imports.no_column": _("The file has no column %(column)s. It has: %(columns)s."),
        "imports.unmapped": _("Say which columns hold %(fields)s. The file has: %(columns)s."),
        "imports.empty": _("This cell is empty, but it is needed."),
        "imports.too_long": _("This text is too long: at most %(longest)s characters are possible."),
        "imports.label_twice": _("A label stands here with two values. Give it one."),
        "imports.quote_unclosed": _(
            "A quotation mark is never closed here. Close it, or write two of them for one that belongs to the text."
        ),
        "imports.no_time": _(
            "This is not a date and time written as %(example)s. Say how dates are written: “Dates and times are written as”, "
            'or --time-format "%(form)s".'
        ),
        "imports.no_day": _(
            "This is not a date written as %(example)s. Say how dates are written: “Dates and times are written as”, "
            'or --time-format "%(form)s".'
        ),
        "imports.no_number": _("This is not a number."),
        "imports.yes_or_no": _("Write yes or no here."),
        "imports.number_too_large": _("This number is too large, or too small."),
    }
)
