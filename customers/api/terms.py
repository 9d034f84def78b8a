"""`/api/v1/terms`: what customers agree to by joining."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import msgspec

from customers import queries
from customers.commands import PublishTerms
from customers.domain.terms import LONGEST_TERMS, version_name
from customers.events import TermsText
from customers.permissions import PUBLISH_TERMS
from loyalty.api.views import CommandView, QueryView
from loyalty.api.visitors import VisitorView
from loyalty.domain.errors import NotFound

Text = Annotated[str, msgspec.Meta(max_length=LONGEST_TERMS, description="Markdown.")]


class TermsTexts(msgspec.Struct, forbid_unknown_fields=True):
    """The terms in one or several languages."""

    vi: Text = ""
    en: Text = ""
    pl: Text = ""


class TermsBody(msgspec.Struct, forbid_unknown_fields=True):
    """What customers agree to from now on. `seen_version` refuses when somebody else published meanwhile: the number of the version that
    was seen to hold, 0 for none.
    """

    texts: TermsTexts
    seen_version: int | None = None


class TermsAnswer(msgspec.Struct, frozen=True):
    """A version of the terms: its name, which consents tell as `text_version`, and its texts by language."""

    version: str
    texts: dict[str, str]
    published_at: datetime


class TermsMade(msgspec.Struct, frozen=True):
    """The version that holds now."""

    version: str


class TermsQuery(msgspec.Struct):
    """`version`: another one than the one that holds."""

    version: str = ""


class TermsView(VisitorView, QueryView):
    """Show the terms that hold, or another version. As long as the programme published none, 404 `customers.terms_unpublished`: whoever
    joins then agrees to a wording of the app, and says what that is called (`terms_version` of `sign-in/{challenge_id}`); the programme's
    own pages say "app-1".
    """

    query = TermsQuery
    answer = TermsAnswer

    def ask(self, query: TermsQuery, **path: Any) -> TermsAnswer:
        found = queries.terms(query.version)
        if found is None:
            raise NotFound("customers.terms_unknown" if query.version and queries.terms() else "customers.terms_unpublished")
        return TermsAnswer(found.name, found.texts, found.published_at)


class PublishTermsView(CommandView):
    """Publish terms: whoever joins agrees to them from now on. The same text again is the same version."""

    permission = PUBLISH_TERMS
    body = TermsBody
    answer = TermsMade
    status = 201

    def command(self, body: TermsBody, **path: Any) -> PublishTerms:
        told = msgspec.structs.asdict(body.texts)
        texts = tuple(TermsText(language=language, text=text) for language, text in told.items())
        return PublishTerms(texts=texts, seen_version=body.seen_version)

    def present(self, result: int) -> TermsMade:
        return TermsMade(version_name(result))
