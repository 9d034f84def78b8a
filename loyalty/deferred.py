"""Guards that a batch of commands has in common: each kind of them is one statement at the end of the batch."""

from __future__ import annotations

from typing import Any

import orjson


class Deferred:
    """What the commands of one transaction have deferred. The statement gets the rows of all of them as JSON, and must fail where one
    cannot be had, because somebody else was quicker: then the whole batch fails, and whoever gave it tries again.
    """

    def __init__(self) -> None:
        self._rows: dict[tuple[str, Any], Any] = {}
        self._of_command: list[tuple[str, Any]] = []

    def begin(self) -> None:
        """The next command begins."""
        self._of_command.clear()

    def defer(self, sql: str, key: Any, row: Any) -> None:
        """Let `sql` run with `row` among others; forgotten if the command is refused."""
        self._rows[sql, key] = row
        self._of_command.append((sql, key))

    def has(self, sql: str, key: Any) -> bool:
        """Whether a command that was not refused has deferred it."""
        return (sql, key) in self._rows

    def undo(self) -> None:
        """Forget what the present command deferred."""
        for guard in self._of_command:
            self._rows.pop(guard, None)

    def queries(self) -> list[tuple[str, tuple[Any, ...]]]:
        """One statement for each kind of guard."""
        of_kind: dict[str, list[Any]] = {}
        for (sql, _), row in self._rows.items():
            of_kind.setdefault(sql, []).append(row)
        return [(sql, (orjson.dumps(rows).decode(),)) for sql, rows in of_kind.items()]
