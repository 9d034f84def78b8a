"""Addresses of the register."""

from django.urls import path

from customers.api import consents, criteria, disclosure, erasing, links, register, segments, sessions, sign_in, tokens
from customers.views import coming_in, own
from loyalty.api.views import endpoint

api_urlpatterns = [
    path("customers", endpoint(get=register.CustomersView, post=register.RegisterCustomerView)),
    path("customers/<uuid:customer_id>", endpoint(get=register.CustomerView, patch=register.EditCustomerView)),
    path("customers/<uuid:customer_id>/activate", endpoint(post=register.ActivateCustomerView)),
    path("customers/<uuid:customer_id>/deactivate", endpoint(post=register.DeactivateCustomerView)),
    path("customers/<uuid:customer_id>/links", endpoint(post=links.LinkIdentifierView)),
    path("customers/<uuid:customer_id>/links/remove", endpoint(post=links.UnlinkIdentifierView)),
    path("customers/<uuid:customer_id>/consents", endpoint(get=consents.ConsentsView, put=consents.ChangeConsentsView)),
    path("customers/<uuid:customer_id>/card", endpoint(put=consents.ChangeCardView)),
    path("customers/<uuid:customer_id>/export", endpoint(get=disclosure.DisclosureView)),
    path("customers/<uuid:customer_id>/erase", endpoint(post=erasing.EraseCustomerView)),
    path("customers/<uuid:customer_id>/tokens", endpoint(post=tokens.IssueCustomerTokenView)),
    path("customers/<uuid:customer_id>/tokens/<uuid:token_id>/revoke", endpoint(post=tokens.RevokeCustomerTokenView)),
    path("customers/<uuid:customer_id>/segments", endpoint(get=segments.SegmentsOfCustomerView)),
    path("segments", endpoint(get=segments.SegmentsView, post=segments.CreateSegmentView)),
    path("segments/count", endpoint(post=criteria.CountAudienceView)),
    path("segments/<uuid:segment_id>", endpoint(get=segments.SegmentView, put=segments.ChangeSegmentView)),
    path("segments/<uuid:segment_id>/criteria", endpoint(put=criteria.ChangeCriteriaView)),
    path("segments/<uuid:segment_id>/activate", endpoint(post=segments.ActivateSegmentView)),
    path("segments/<uuid:segment_id>/deactivate", endpoint(post=segments.DeactivateSegmentView)),
    path("segments/<uuid:segment_id>/members", endpoint(get=segments.MembersView, post=segments.EnterSegmentView)),
    path("segments/<uuid:segment_id>/members/<uuid:customer_id>/remove", endpoint(post=segments.LeaveSegmentView)),
    path("sign-in", endpoint(post=sign_in.AskToSignInView)),
    path("sign-in/<uuid:challenge_id>", endpoint(post=sign_in.SignInView)),
    path("sign-in/<uuid:challenge_id>/resend", endpoint(post=sign_in.AskAgainToSignInView)),
    path("me", endpoint(get=tokens.MeView)),
    path("me/consents", endpoint(get=consents.OwnConsentsView, put=consents.ChangeOwnConsentsView)),
    path("me/export", endpoint(get=disclosure.OwnDisclosureView)),
    path("me/erase", endpoint(post=erasing.EraseMeView)),
    path("me/phone", endpoint(post=sign_in.AskForNewPhoneView)),
    path("me/phone/<uuid:challenge_id>", endpoint(post=sign_in.ChangePhoneView)),
    path("me/phone/<uuid:challenge_id>/resend", endpoint(post=sign_in.AskAgainForNewPhoneView)),
    path("me/sessions", endpoint(get=sessions.SessionsView)),
    path("me/sessions/<uuid:session_id>/end", endpoint(post=sessions.EndSessionView)),
]
urlpatterns = [
    path("app/", own.home, name="app-home"),
    path("app/sign-in/", coming_in.ask, name="app-sign-in"),
    path("app/sign-in/<uuid:challenge_id>/", coming_in.say, name="app-code"),
    path("app/sign-in/<uuid:challenge_id>/again/", coming_in.again, name="app-code-again"),
    path("app/purchases/", own.purchases, name="app-purchases"),
    path("app/devices/", own.devices, name="app-devices"),
    path("app/devices/<uuid:session_id>/end/", own.end_session, name="app-end-session"),
]
