"""Photos as browsers and apps ask for them."""

from __future__ import annotations

from django.http import FileResponse, Http404, HttpRequest
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from loyalty.files.photos import kept_photo
from loyalty.tenancy.middleware import dispatches


@dispatches
@require_safe
@cache_control(public=True, max_age=31536000, immutable=True)
def photo(request: HttpRequest, name: str) -> FileResponse:
    """A photo of the tenant of this host; the name tells the content, so it never changes. Those of others are not there."""
    file = kept_photo(request.tenant.id, name)  # type: ignore[attr-defined]
    if file is None:
        raise Http404(name)
    headers = {"X-Content-Type-Options": "nosniff", "Content-Disposition": "inline", "Cross-Origin-Resource-Policy": "cross-origin"}
    return FileResponse(file, content_type="image/webp", headers=headers)
