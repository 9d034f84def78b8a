"""Read models of the customer register, and the guard of what points to a customer."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Func, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.domain.profile import full_name
from loyalty.domain.identity import new_id
from loyalty.tenancy.middleware import tenant_of_id


class Customer(models.Model):
    """What lists and screens show of a customer. Written by one projection in the command's own transaction.

    `*_sealed` holds ciphertext of `loyalty.lookup` (a phone is shown, never searched in); `*_digest` the keyed digest by
    which a whole phone or email is recognised, made with the key of version `*_key`.
    """

    class State(models.TextChoices):
        NEW = "new", _("New")
        ACTIVE = "active", _("Active")
        INACTIVE = "inactive", _("Inactive")
        ERASED = "erased", _("Erased")

    class Gender(models.TextChoices):
        FEMALE = "female", _("Female")
        MALE = "male", _("Male")
        UNDISCLOSED = "undisclosed", _("Not disclosed")

    class CardState(models.TextChoices):
        NONE = "none", _("No card")
        SENT = "sent", _("Sent to the customer")
        HELD = "held", _("In the customer's hands")

    id = models.UUIDField(primary_key=True)
    tenant_id = models.IntegerField()
    code = models.CharField(_("code"), max_length=8)
    first_name = models.CharField(_("first name"), max_length=100)
    last_name = models.CharField(_("last name"), max_length=100)
    state = models.CharField(_("state"), max_length=10, choices=State.choices)
    gender = models.CharField(_("gender"), max_length=12, choices=Gender.choices)
    birth_date = models.DateField(_("birth date"), null=True)
    language = models.CharField(_("language"), max_length=5)
    labels = models.JSONField(_("labels"))
    phone_last4 = models.CharField(_("phone, last 4"), max_length=4)
    phone_sealed = models.BinaryField(null=True)
    phone_digest = models.BinaryField(null=True)
    phone_key = models.SmallIntegerField(null=True)
    email_sealed = models.BinaryField(null=True)
    email_digest = models.BinaryField(null=True)
    email_key = models.SmallIntegerField(null=True)
    card_sealed = models.BinaryField(null=True)
    external_id_sealed = models.BinaryField(null=True)
    address_sealed = models.BinaryField(null=True)
    company_sealed = models.BinaryField(null=True)
    tax_number_sealed = models.BinaryField(null=True)
    card_state = models.CharField(_("card"), max_length=4, choices=CardState.choices, db_default="none")
    is_asked = models.BooleanField(default=False, db_default=False)
    pos_id = models.UUIDField(_("joined at"), null=True)
    seller_id = models.UUIDField(null=True)
    referrer_id = models.UUIDField(null=True)
    registered_by = models.CharField(_("registered by"), max_length=100)
    registered_at = models.DateTimeField(_("registered"))
    changed_at = models.DateTimeField(_("last changed"))
    position = models.BigIntegerField()

    objects: ClassVar[models.Manager[Customer]] = models.Manager()

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        constraints = [models.UniqueConstraint(fields=["tenant_id", "code"], name="customers_customer_code")]
        indexes = [
            models.Index(fields=["tenant_id", "phone_last4"], name="customers_customer_last4"),
            models.Index(fields=["tenant_id", "registered_at", "id"], name="customers_customer_joined"),
            models.Index(fields=["tenant_id", "last_name", "first_name"], name="customers_customer_names"),
        ]

    def __str__(self) -> str:
        language = self.language or tenant_of_id(self.tenant_id).default_language
        return full_name(self.first_name, self.last_name, language) or self.code


class CustomerToken(models.Model):
    """A token with which an app acts as a customer; only its SHA-256 is kept. Written by the commands about it.

    One with a `device` is a session: the customer signed in there. The others were issued by programs. `proven_at`: when it was shown last
    by a code that it is the customer who holds it.
    """

    id = models.UUIDField(primary_key=True)
    tenant_id = models.IntegerField()
    customer_id = models.UUIDField()
    hash = models.BinaryField(max_length=32)
    device = models.CharField(max_length=80, default="", db_default="")
    issued_by = models.CharField(max_length=100)
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    last_used = models.DateField(null=True)
    revoked_at = models.DateTimeField(null=True)
    proven_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "customers_token"
        constraints = [models.UniqueConstraint(fields=["tenant_id", "hash"], name="customers_token_hash")]
        indexes = [
            models.Index(fields=["hash"], name="customers_token_lookup"),
            models.Index(fields=["tenant_id", "customer_id"], name="customers_token_of"),
        ]


class Avatar(models.Model):
    """A small picture of a customer (WebP, sealed); `version` tells it from the one before. Written by the command about it."""

    pk = models.CompositePrimaryKey("tenant_id", "customer_id")
    tenant_id = models.IntegerField()
    customer_id = models.UUIDField()
    version = models.CharField(max_length=16)
    sealed = models.BinaryField()
    changed_at = models.DateTimeField()


class Spending(models.Model):
    """What a customer has bought so far: follows the purchases of `earning` by checkpoint.

    `purchases` counts sales, `total` is what was kept of them (minor units of `currency`), returns taken off.
    """

    customer = models.OneToOneField(Customer, models.DO_NOTHING, primary_key=True, db_constraint=False, related_name="spending")
    tenant_id = models.IntegerField()
    purchases = models.IntegerField(_("purchases"))
    total = models.BigIntegerField(_("total"))
    currency = models.CharField(_("currency"), max_length=3)
    last_purchase_at = models.DateTimeField(_("last purchase"), null=True)
    position = models.BigIntegerField()

    objects: ClassVar[models.Manager[Spending]] = models.Manager()

    class Meta:
        verbose_name = _("purchases of a customer")
        verbose_name_plural = _("purchases of customers")


class Identifier(models.Model):
    """Guard: which customer holds a phone, email, card, code or external id, and whom a browser or account leads to. At most one at a
    time; Postgres decides.

    Only the keyed digest is kept. States: active (held), released (held before, from `valid_from` to `valid_to`), contested (it
    leads to several customers, and so to nobody: linking kinds only).
    """

    id = models.UUIDField(primary_key=True, db_default=Func(function="uuidv7"))
    tenant_id = models.IntegerField()
    kind = models.CharField(max_length=20)
    digest = models.BinaryField(max_length=32)
    key_version = models.SmallIntegerField()
    customer_id = models.UUIDField()
    state = models.CharField(max_length=10, default="active")
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager[Identifier]] = models.Manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "kind", "digest"], condition=Q(state="active"), name="customers_identifier_held_once"
            ),
            models.UniqueConstraint(
                fields=["tenant_id", "kind", "digest", "customer_id"],
                condition=Q(state__in=["active", "contested"]),
                name="customers_identifier_leads_once",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant_id", "customer_id"], name="customers_identifier_of"),
            models.Index(fields=["tenant_id", "digest"], name="customers_identifier_once", condition=Q(state="released")),
        ]


class Consent(models.Model):
    """What a customer said last about a purpose: that they agree, with which text, or no longer; where, to whom, and when."""

    class Purpose(models.TextChoices):
        TERMS = "terms", _("Terms of the programme")
        DATA_PROCESSING = "data_processing", _("Processing of personal data")
        ANALYTICS = "analytics", _("Analysis of behaviour")
        MARKETING_SMS = "marketing_sms", _("Offers by SMS")
        MARKETING_EMAIL = "marketing_email", _("Offers by email")
        MARKETING_MESSENGER = "marketing_messenger", _("Offers in messengers")
        MARKETING_PHONE = "marketing_phone", _("Offers by phone calls")

    class Source(models.TextChoices):
        APP = "app", pgettext_lazy("consent", "In the app")
        WEBSITE = "website", pgettext_lazy("consent", "On the website")
        TILL = "till", pgettext_lazy("consent", "At the till")
        PAPER = "paper", pgettext_lazy("consent", "On paper")
        PHONE = "phone", pgettext_lazy("consent", "By phone")
        STAFF = "staff", pgettext_lazy("consent", "Noted by staff")
        IMPORT = "import", pgettext_lazy("consent", "By a file")

    id = models.UUIDField(primary_key=True)
    tenant_id = models.IntegerField()
    customer_id = models.UUIDField()
    purpose = models.CharField(max_length=20, choices=Purpose.choices)
    given = models.BooleanField()
    text_version = models.CharField(max_length=40)
    source = models.CharField(max_length=10, choices=Source.choices)
    changed_by = models.CharField(max_length=100)
    changed_at = models.DateTimeField()
    position = models.BigIntegerField()

    objects: ClassVar[models.Manager[Consent]] = models.Manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant_id", "customer_id", "purpose"], name="customers_consent_once")]
        indexes = [models.Index(fields=["tenant_id", "purpose", "customer_id"], name="customers_consent_given", condition=Q(given=True))]


class SavedFilter(models.Model):
    """How somebody narrows the list of customers, under a name: for themselves, or for all colleagues. `query` holds nothing typed."""

    id = models.UUIDField(primary_key=True, default=new_id)
    tenant_id = models.IntegerField()
    user_id = models.UUIDField()
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=1000)
    shared = models.BooleanField()
    saved_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[models.Manager[SavedFilter]] = models.Manager()

    class Meta:
        db_table = "customers_saved_filter"
        constraints = [models.UniqueConstraint(fields=["tenant_id", "user_id", "name"], name="customers_saved_filter_name")]


class Barred(models.Model):
    """Guard: what pointed to somebody who was erased, as digest under a key of its own. No file registers who holds it."""

    pk = models.CompositePrimaryKey("tenant_id", "digest")
    tenant_id = models.IntegerField()
    digest = models.BinaryField(max_length=32)
    barred_at = models.DateTimeField()
