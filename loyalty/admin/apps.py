from django.contrib.admin.apps import AdminConfig


class LoyaltyAdminConfig(AdminConfig):
    """Django's administration with our site in the place of its default one."""

    default_site = "loyalty.admin.site.LoyaltyAdminSite"
