"""The second factor of staff: a code of an app that changes every 30 seconds (RFC 6238), or one of ten recovery codes.

Each code is good once. The step of time of the last code, and the recovery codes that are left, are rows of Postgres that one
statement checks and changes: of many sign-ins with one code one wins.
"""

from __future__ import annotations

import secrets
import unicodedata
from base64 import b64decode, b64encode
from contextlib import suppress
from datetime import datetime
from uuid import UUID

import pyotp
from django.conf import settings
from django.db import connections
from pyotp.exceptions import OTPVerificationError

from loyalty.eventstore.keyring import master_keys
from loyalty.lookup import Unreadable, lookup_digest, lookup_digests, seal, unseal
from loyalty.staff.models import RecoveryCode, SecondFactor, User
from loyalty.tenancy.models import Tenant

STEPS_AROUND = 1
"""A clock may be half a minute off, either way."""
RECOVERY_CODES = 10
CONFIRM = """insert into staff_secondfactor as f (tenant_id, user_id, secret, confirmed_at, last_step) values (%s, %s, %s, %s, %s)
    on conflict (tenant_id, user_id) do update set secret = excluded.secret, confirmed_at = excluded.confirmed_at,
        last_step = excluded.last_step where f.confirmed_at is null"""
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Without characters that look alike: 12 of them are 60 bits."""


def mandatory_for(user: User) -> bool:
    """Whoever enters the administration needs a second factor, but in the demo."""
    return bool(settings.SECOND_FACTOR_MANDATORY) and user.is_staff


def is_set_up(user: User) -> bool:
    """Whether `user` has a second factor that was confirmed. Needs an open transaction, as all below."""
    return SecondFactor.objects.filter(user_id=user.pk).exclude(confirmed_at=None).exists()


def begun(user: User, kept: str = "") -> tuple[str, str] | None:
    """The secret (base32) that `user` sets up, and the same sealed, to be `kept` by whoever was shown it: a new one without such.

    Nothing of it is stored here before it is confirmed: somebody else with the password is shown another one, which is of no use
    then. None where one was confirmed already: nobody sees its secret again.
    """
    if is_set_up(user):
        return None
    with suppress(Unreadable, ValueError):
        return unseal(b64decode(kept), *_place(user.pk)).decode(), kept
    secret = pyotp.random_base32()
    return secret, b64encode(_sealed(user.pk, secret)).decode()


def address(tenant: Tenant, user: User, secret: str) -> str:
    """What a QR code tells an app: whose secret it is, and of which programme."""
    return pyotp.TOTP(secret).provisioning_uri(name=user.email, issuer_name=tenant.name.replace(":", " "))


def confirmed(user: User, secret: str, code: str, now: datetime) -> list[str] | None:
    """Set up `secret`, if `code` is right and nobody was faster: answers with new recovery codes, which nobody can read again."""
    step = _step_of(secret, _normal(code), now)
    if step is None:
        return None
    with connections["default"].cursor() as cursor:
        cursor.execute(CONFIRM, [user.tenant_id, user.pk, _sealed(user.pk, secret), now, step])
        return renewed_recovery_codes(user) if cursor.rowcount else None


def passes(user: User, code: str, now: datetime) -> bool:
    """Whether `code` is right and was never used; it is used up now."""
    typed = _normal(code)
    if len(typed) == 6 and typed.isdecimal():
        return _claims_step(user.pk, typed, now)
    return _claims_recovery_code(user, typed)


def renewed_recovery_codes(user: User) -> list[str]:
    """Ten new recovery codes in the place of all earlier ones."""
    RecoveryCode.objects.filter(user_id=user.pk).delete()
    plain = ["".join(secrets.choice(ALPHABET) for _ in range(12)) for _ in range(RECOVERY_CODES)]
    RecoveryCode.objects.bulk_create(
        RecoveryCode(tenant_id=user.tenant_id, user_id=user.pk, hash=lookup_digest("recovery code", f"{user.pk} {one}")) for one in plain
    )
    return [f"{one[:4]}-{one[4:8]}-{one[8:]}" for one in plain]


def recovery_codes_left(user: User) -> int:
    return RecoveryCode.objects.filter(user_id=user.pk).count()


def removed(user_id: UUID) -> bool:
    """Take the second factor and its recovery codes away. False where there was none."""
    RecoveryCode.objects.filter(user_id=user_id).delete()
    return bool(SecondFactor.objects.filter(user_id=user_id).delete()[0])


def reseal_secrets(using: str = "owner") -> int:
    """Put all secrets under the current master key, for all tenants; answers how many lay under an older one."""
    current, done = max(master_keys()), 0
    for kept in SecondFactor.objects.using(using).all():
        if bytes(kept.secret)[0] != current:
            SecondFactor.objects.using(using).filter(tenant_id=kept.tenant_id, user_id=kept.user_id, secret=kept.secret).update(
                secret=_sealed(kept.user_id, _secret(kept))
            )
            done += 1
    return done


def _claims_step(user_id: UUID, code: str, now: datetime) -> bool:
    kept = SecondFactor.objects.filter(user_id=user_id).exclude(confirmed_at=None).first()
    step = None if kept is None else _step_of(_secret(kept), code, now)
    if kept is None or step is None:
        return False
    return bool(SecondFactor.objects.filter(user_id=user_id, secret=kept.secret, last_step__lt=step).update(last_step=step))


def _step_of(secret: str, code: str, now: datetime) -> int | None:
    """The step of time at which the app shows `code`; None for one that is wrong now."""
    try:
        return int(pyotp.TOTP(secret).verify_and_get_timecode(code, for_time=now, valid_window=STEPS_AROUND))
    except OTPVerificationError:
        return None


def _claims_recovery_code(user: User, typed: str) -> bool:
    with connections["default"].cursor() as cursor:
        hashes = lookup_digests("recovery code", f"{user.pk} {typed}", user.tenant_id)
        cursor.execute(
            "delete from staff_recoverycode where tenant_id = %s and user_id = %s and hash = any(%s)", [user.tenant_id, user.pk, hashes]
        )
        return bool(cursor.rowcount)


def _sealed(user_id: UUID, secret: str) -> bytes:
    return seal(secret.encode(), *_place(user_id))


def _secret(kept: SecondFactor) -> str:
    return unseal(bytes(kept.secret), *_place(kept.user_id)).decode()


def _place(user_id: UUID) -> tuple[str, UUID]:
    """Where a sealed secret belongs: it opens for nobody else."""
    return "staff_secondfactor", user_id


def _normal(code: str) -> str:
    """A code as it is compared: digits of any width, no blanks or dashes, large letters."""
    return "".join(c for c in unicodedata.normalize("NFKC", code).upper() if c.isalnum())
