"""A small file of facts that a service keeps about itself between two commands: port, passwords, process."""

import json
from pathlib import Path
from typing import Any

from loyalty.embedded.failures import EmbeddedError
from loyalty.embedded.paths import write_private


class Notes(dict[str, Any]):
    """A dictionary that is read from a private JSON file and written back by `save`."""

    def __init__(self, place: Path) -> None:
        self.place = place
        super().__init__(self._read())

    def _read(self) -> dict[str, Any]:
        try:
            read = json.loads(self.place.read_text())
        except FileNotFoundError:
            return {}
        except ValueError as error:
            raise EmbeddedError(f"The file {self.place} is damaged: remove the folder {self.place.parent} to begin again.") from error
        return dict(read)

    def refresh(self) -> None:
        """Take over what another process wrote meanwhile."""
        read = self._read()
        self.clear()
        self.update(read)

    def save(self) -> None:
        """Write the facts down, readable by us only."""
        write_private(self.place, json.dumps(self, indent=1))
