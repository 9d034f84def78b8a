"""What customers are told from here."""

from django.utils.translation import gettext_lazy as _

from loyalty.messages.kinds import kind

kind("points_end", _("Points will end"))
kind("level_ends", _("A level will end"))
