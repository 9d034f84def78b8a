"""As a command form, for what is not event sourced."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import IntegrityError

from loyalty.admin.forms import CommandForm
from loyalty.domain.errors import DomainError
from loyalty.tenancy import reading


class PlainForm(CommandForm):
    """`save` writes, in one transaction of the tenant."""

    clash: ClassVar[tuple[str, str]] = ("", "")
    """The refusal (code, field) behind a broken constraint."""

    def prepare(self) -> None:
        """Nothing to prepare: `save` reads and writes in its own transaction."""

    def carry_out(self) -> Any:
        try:
            with reading(self.tenant.id):
                return self.save()
        except IntegrityError as clash:
            code, field = self.clash
            if not code:
                raise
            raise DomainError(code, field=field) from clash

    def save(self) -> Any:
        """Write what the form holds. May raise DomainError."""
        raise NotImplementedError
