"""Codes while the key that finds them is changed."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import pytest

from loyalty.domain.errors import DomainError
from rewards.commands import AddSharedCode
from rewards.rekeying import codes as rekey
from tests.earning.counter import rows
from tests.rewards.given import RewardShop
from tests.rewards.test_codes_brought import refused

pytestmark = pytest.mark.usefixtures("own_log_of_module")


@pytest.fixture
def shop(tenant: Any) -> RewardShop:
    return RewardShop(tenant)


def test_a_code_for_all_is_there_once_under_whichever_key(shop: RewardShop, settings: Any) -> None:
    reward, known = shop.reward(codes="shared"), settings.LOYALTY_LOOKUP_KEYS
    shop.do(AddSharedCode(reward_id=reward, code="OLDKEY-1"))
    settings.LOYALTY_LOOKUP_KEYS = fresh = f"{known},9:{b64encode(b'x' * 32).decode()}"
    with pytest.raises(DomainError, match=r"rewards\.code_taken"):
        shop.do(AddSharedCode(reward_id=reward, code="oldkey-1"))
    settings.LOYALTY_LOOKUP_KEYS = f"9:{b64encode(b'x' * 32).decode()}"
    shop.do(AddSharedCode(reward_id=reward, code="OLDKEY-1"))
    settings.LOYALTY_LOOKUP_KEYS = fresh
    shop.do(AddSharedCode(reward_id=reward, code="OLDKEY-2"))
    list(rekey(shop.tenant.id))
    assert sorted(version for (version,) in rows("rewards_code", shop.tenant, "key_version"))[1:] == [9, 9], "one twin stays where it was"
    assert refused(shop, "OLDKEY-1", shop.customer()) == ""
