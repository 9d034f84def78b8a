"""The people (and programs) that work for a tenant: users, their roles, tokens, sign-in failures, privileged reads."""

from __future__ import annotations

import secrets
import unicodedata
from hashlib import sha256
from typing import Any, ClassVar
from uuid import UUID

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from loyalty.domain.identity import new_id
from loyalty.staff.looks import looked_at
from loyalty.staff.permissions import ENTER_ADMIN, EVERYTHING
from loyalty.staff.principal import Principal
from loyalty.tenancy.models import Tenant

TOKEN_PREFIX = "lty_"  # noqa: S105 - the part that is no secret

CHANGES = (
    ("user.added", _("Member of staff added")),
    ("user.edited", _("Member of staff edited")),
    ("user.deactivated", _("Member of staff deactivated")),
    ("user.activated", _("Member of staff activated")),
    ("user.sessions_ended", _("Sessions ended")),
    ("role.added", _("Role added")),
    ("role.edited", _("Role edited")),
    ("role.deleted", _("Role deleted")),
    ("token.issued", _("API token issued")),
    ("token.revoked", _("API token revoked")),
    ("factor.set_up", _("Second factor set up")),
    ("factor.codes", _("New recovery codes made")),
    ("factor.turned_off", _("Second factor turned off")),
    ("factor.reset", _("Second factor reset")),
    ("webhook.added", _("Webhook endpoint added")),
    ("webhook.changed", _("Webhook endpoint changed")),
    ("webhook.paused", _("Webhook endpoint paused")),
    ("webhook.resumed", _("Webhook endpoint goes on")),
    ("webhook.removed", _("Webhook endpoint removed")),
    ("webhook.secret", _("Secret of a webhook endpoint exchanged")),
    ("webhook.replayed", _("Webhook deliveries sent again")),
    ("webhook.given_up", _("Webhook delivery given up")),
)
"""What is kept of changes of rights, and what people call it."""


def normal_email(text: str) -> str:
    """One spelling for each address: NFC, without blanks around it, lower case."""
    return unicodedata.normalize("NFC", text).strip().lower()


class Role(models.Model):
    """A named set of permissions, edited by the tenant.

    `given` is what a starter role got from the platform (None: it is the tenant's own, or was edited before that was noted).
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+", verbose_name=_("tenant"))
    code = models.SlugField(_("code"), max_length=40, db_index=False)
    name = models.CharField(_("name"), max_length=120)
    permissions = ArrayField(models.CharField(max_length=100), verbose_name=_("permissions"), default=list)
    given = ArrayField(models.CharField(max_length=100), null=True, editable=False)

    objects: ClassVar[models.Manager[Role]] = models.Manager()

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        constraints = [models.UniqueConstraint(fields=["tenant", "code"], name="staff_role_code")]

    def __str__(self) -> str:
        return self.name


class User(AbstractBaseUser):
    """A member of staff of one tenant. The same address may work for two tenants: those are two users."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+", verbose_name=_("tenant"))
    email = models.EmailField(_("email"), max_length=254)
    display_name = models.CharField(pgettext_lazy("person", "name"), max_length=120)
    # The constraint in the database holds the tenant too, which Django cannot express.
    role = models.ForeignKey(Role, models.PROTECT, related_name="users", verbose_name=_("role"), db_constraint=False)
    is_active = models.BooleanField(_("active"), default=True)
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES, blank=True, default="")
    created_at = models.DateTimeField(_("since"), auto_now_add=True)

    objects: ClassVar[models.Manager[User]] = models.Manager()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = []

    class Meta:
        verbose_name = _("member of staff")
        verbose_name_plural = _("staff")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "email"], name="staff_user_email"),
            models.UniqueConstraint(fields=["tenant", "id"], name="staff_user_of_tenant"),
        ]

    def __str__(self) -> str:
        return self.display_name or self.email

    def clean(self) -> None:
        self.email = normal_email(self.email)

    def get_full_name(self) -> str:
        return self.display_name

    def get_short_name(self) -> str:
        return self.display_name

    @property
    def principal(self) -> Principal:
        """This user as one who asks for something."""
        return Principal(self.tenant_id, f"staff:{self.id}", "staff", self.id, frozenset(self.role.permissions), self.language)

    def may(self, permission: str) -> bool:
        """Whether the user is active and their role holds `permission`."""
        return self.is_active and (EVERYTHING in self.role.permissions or permission in self.role.permissions)

    @property
    def is_staff(self) -> bool:
        return self.may(ENTER_ADMIN)

    @property
    def is_superuser(self) -> bool:
        return self.may(EVERYTHING)

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        return self.may(perm)

    def has_perms(self, perms: Any, obj: Any = None) -> bool:
        return all(self.may(p) for p in perms)

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_superuser or any(p.startswith(f"{app_label}.") for p in self.role.permissions if self.is_active)


class ApiToken(models.Model):
    """An opaque, revocable key of the REST API: it acts for a user, or for a program with a role of its own.

    `issued_by` is the member of staff who issued it, where it was not made on the server: who stands behind the program.

    Only the SHA-256 of it is kept; the token itself is shown once.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+", verbose_name=_("tenant"))
    hash = models.BinaryField(_("hash"), max_length=32, editable=False)
    name = models.CharField(_("name"), max_length=120)
    user = models.ForeignKey(
        User, models.CASCADE, null=True, blank=True, related_name="tokens", verbose_name=_("acts for"), db_constraint=False
    )
    role = models.ForeignKey(
        Role, models.PROTECT, null=True, blank=True, related_name="tokens", verbose_name=_("role"), db_constraint=False
    )
    issued_by = models.UUIDField(null=True, editable=False)
    created_at = models.DateTimeField(_("issued"), auto_now_add=True)
    last_used = models.DateField(_("last used on"), null=True, editable=False)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True, editable=False)

    objects: ClassVar[models.Manager[ApiToken]] = models.Manager()

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "hash"], name="staff_apitoken_hash"),
            models.CheckConstraint(condition=Q(user__isnull=True) ^ Q(role__isnull=True), name="staff_apitoken_user_or_role"),
        ]
        indexes = [models.Index(fields=["hash"], name="staff_apitoken_lookup")]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def issue(
        cls, *, tenant_id: int, name: str, user: User | None = None, role: Role | None = None, issued_by: UUID | None = None
    ) -> tuple[ApiToken, str]:
        """A new token and its text ("lty_…"), which nobody can read again. Needs an open transaction of the tenant."""
        text = TOKEN_PREFIX + secrets.token_urlsafe(32)
        made = cls.objects.create(tenant_id=tenant_id, name=name, user=user, role=role, issued_by=issued_by, hash=token_hash(text))
        return made, text


def token_hash(text: str) -> bytes:
    """What is kept of a token: it is random enough that a plain hash cannot be guessed back."""
    return sha256(text.encode()).digest()


class StaffChange(models.Model):
    """Somebody changed who may do what: kept, never changed. `facts` are codes and names of rights, nothing personal."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("at"), auto_now_add=True)
    actor = models.CharField(_("by"), max_length=60)
    what = models.CharField(_("what"), max_length=40, choices=CHANGES)
    subject = models.UUIDField(_("about"))
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    facts = models.JSONField(_("details"), default=dict)

    objects: ClassVar[models.Manager[StaffChange]] = models.Manager()

    class Meta:
        verbose_name = _("change of rights")
        verbose_name_plural = _("changes of rights")
        indexes = [models.Index(fields=["tenant", "-at"], name="staff_change_latest")]

    def __str__(self) -> str:
        return str(dict(CHANGES).get(self.what, self.what))

    @classmethod
    def note(cls, principal: Principal, what: str, subject: UUID, *, reason: str = "", facts: dict[str, Any] | None = None) -> None:
        """Keep that `principal` did `what` (one of CHANGES) to `subject`. Needs an open transaction."""
        cls.objects.create(
            tenant_id=principal.tenant_id, actor=principal.actor, what=what, subject=subject, reason=reason, facts=facts or {}
        )


class PrivilegedRead(models.Model):
    """Somebody looked at what is only looked at for a reason: kept, never changed."""

    pk = models.CompositePrimaryKey("tenant_id", "id")
    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="+")
    id = models.UUIDField(default=new_id)
    at = models.DateTimeField(auto_now_add=True)
    actor = models.CharField(max_length=60)
    what = models.CharField(max_length=100)
    subject = models.CharField(max_length=100, blank=True)

    objects: ClassVar[models.Manager[PrivilegedRead]] = models.Manager()

    class Meta:
        indexes = [models.Index(fields=["tenant", "subject", "at"], name="staff_privilegedread_of")]

    @classmethod
    def note(cls, principal: Principal, what: str, subject: object = "") -> None:
        """Keep that `principal` looked at `what` ("history.see") of `subject` (an id, never a name). Needs an open transaction."""
        cls.objects.create(tenant_id=principal.tenant_id, actor=principal.actor, what=what, subject=str(subject))


class Look(models.Model):
    """The same rows, as a list shows them: one key each."""

    actor_name = subject_name = ""

    id = models.UUIDField(primary_key=True)
    tenant_id = models.IntegerField()
    at = models.DateTimeField(_("when"))
    actor = models.CharField(_("who"), max_length=60)
    what = models.CharField(_("what"), max_length=100)
    subject = models.CharField(_("of whom"), max_length=100)

    objects: ClassVar[models.Manager[Look]] = models.Manager()

    class Meta:
        managed = False
        db_table = "staff_privilegedread"
        verbose_name = _("look at personal data")
        verbose_name_plural = _("who looked at what")

    def __str__(self) -> str:
        return looked_at(self.what)
