"""How far a run is, in the reader's words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import get_language, gettext, ngettext

from loyalty.house import formats

if TYPE_CHECKING:
    from loyalty.jobs.models import JobRun


def how_far(run: JobRun) -> str:
    """“1,200 of 5,000 rows (24 %), 400 each second, about 10 seconds left”."""
    language = get_language() or formats.FALLBACK
    told = {"done": formats.number(run.done, language), "total": formats.number(run.total or 0, language), "percent": run.percent}
    if run.total:
        rows = ngettext("%(done)s of %(total)s row (%(percent)s %%)", "%(done)s of %(total)s rows (%(percent)s %%)", run.total)
    else:
        rows = ngettext("%(done)s row", "%(done)s rows", run.done)
    parts = [rows % told]
    if run.rate:
        parts.append(gettext("%(rate)s each second") % {"rate": formats.number(run.rate, language)})
    if run.remaining is not None:
        parts.append(gettext("about %(time)s left") % {"time": formats.duration(run.remaining, language)})
    return ", ".join(parts)
