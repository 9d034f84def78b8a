"""The people (and programs) that work for a tenant: users, their roles, tokens, how they sign in, and what is kept of what they did."""

from loyalty.staff.models.people import (
    CHANGES,
    TOKEN_PREFIX,
    ApiToken,
    Look,
    PrivilegedRead,
    Role,
    StaffChange,
    User,
    normal_email,
    token_hash,
)
from loyalty.staff.models.signing_in import RecoveryCode, SecondFactor, SignInFailure, StaffSession

__all__ = [
    "CHANGES",
    "TOKEN_PREFIX",
    "ApiToken",
    "Look",
    "PrivilegedRead",
    "RecoveryCode",
    "Role",
    "SecondFactor",
    "SignInFailure",
    "StaffChange",
    "StaffSession",
    "User",
    "normal_email",
    "token_hash",
]
