"""Long work: it says how far it is, can be stopped, and leaves a report by row.

from loyalty.jobs.work import Work, begin, progress
from loyalty.jobs.tasks import job_task

@job_task("earning.import_purchases")
def import_purchases(work: Work, *, file: str) -> None:
    work.expect(count_rows(file))
    for batch in batches(file, skip=work.done):          # a run that was stopped goes on where it was
        outcomes = dispatch_all(…)
        work.report(Line(row, "refused", code, detail) for …)
        work.advance(len(batch))                         # raises Cancelled when somebody asked to stop

import_purchases.start(tenant_id=…, title=_("Purchases from %(file)s") % …, actor=…, file=…)     # answers with the run's id
"""
