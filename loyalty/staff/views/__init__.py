"""Pages of staff beside the administration: signing in and out, the second factor."""

from loyalty.staff.views.account import account, password
from loyalty.staff.views.second_factor import enter_code, second_factor, set_up_factor
from loyalty.staff.views.sign_in import sign_in, sign_out

__all__ = ["account", "enter_code", "password", "second_factor", "set_up_factor", "sign_in", "sign_out"]
