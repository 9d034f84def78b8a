"""The toy context's read model in an administration of its own."""

from __future__ import annotations

from django import forms
from django.contrib import admin
from django.db import models
from django.urls import path
from django.utils.translation import gettext_lazy as _

from loyalty import urls as project
from loyalty.admin import history
from loyalty.admin.forms import CommandForm
from loyalty.admin.read_model import ReadModelAdmin
from loyalty.admin.site import LoyaltyAdminSite
from loyalty.domain.errors import DomainError
from loyalty.tenancy.rls import enable_sql
from tests.api.box import FILL, LOOK, FillBox, box_id

TABLE = (
    "create table if not exists toy_boxrow (tenant_id int not null, id uuid not null, name text not null, things bigint not null,"
    " primary key (tenant_id, id));"
)
FENCE = enable_sql("toy_boxrow")
history.name_events({"toy_box.filled": _("Box filled")})


class BoxRow(models.Model):
    """A row of the list of boxes."""

    tenant_id = models.IntegerField()
    id = models.UUIDField(primary_key=True)
    name = models.CharField(_("name"), max_length=80)
    things = models.BigIntegerField(_("things"))

    class Meta:
        app_label = "toy"
        managed = False
        db_table = "toy_boxrow"
        verbose_name = _("box")
        verbose_name_plural = _("boxes")

    def __str__(self) -> str:
        return self.name


class OpenBoxForm(CommandForm):
    title = _("Open a box")
    permission = FILL
    done = _("The box %(name)s is open.")

    name = forms.CharField(label=_("Name"), max_length=20)
    things = forms.IntegerField(label=_("Things"), min_value=1)

    def command(self) -> FillBox:
        return FillBox(box_id=box_id(self.tenant.id, self.cleaned_data["name"]), things=self.cleaned_data["things"])


class FillForm(CommandForm):
    title = _("Fill")
    permission = FILL
    done = _("%(things)s things are in %(subject)s.")

    things = forms.IntegerField(label=_("Things"), min_value=1, help_text=_("At most 1000."))
    slowly = forms.BooleanField(label=_("Slowly"), required=False)

    @classmethod
    def offered(cls, subject: BoxRow) -> bool:
        return subject.name != "sealed"

    def initial_values(self) -> dict[str, int]:
        return {"things": self.subject.things}

    def command(self) -> FillBox:
        if self.cleaned_data["things"] == 13:
            raise DomainError("toy_box.unknown", field="things")
        return FillBox(box_id=self.subject.id, things=self.cleaned_data["things"])


class BoxAdmin(ReadModelAdmin):
    permission = LOOK
    list_display = ("name", "things")
    ordering = ("name",)
    commands = {"open": OpenBoxForm}
    object_commands = {"fill": FillForm}

    def find(self, request, text):
        return [row.pk for row in BoxRow.objects.filter(name__contains=text).order_by("-things")]


site = LoyaltyAdminSite()
for model, registered in admin.site._registry.items():
    site.register(model, type(registered))
site.register(BoxRow, BoxAdmin)
handler400, handler403, handler404, handler500 = project.handler400, project.handler403, project.handler404, project.handler500
urlpatterns = [path("admin/", site.urls), *[p for p in project.urlpatterns if str(p.pattern) != "admin/"]]
