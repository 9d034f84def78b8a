import django.contrib.postgres.fields
import loyalty.tenancy.models
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('tenancy', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='tenant',
            name='code_countries',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=2), blank=True, default=list, size=None, verbose_name='countries that codes are sent to'),
        ),
        migrations.AddField(
            model_name='tenant',
            name='sign_in_by',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=10), default=loyalty.tenancy.models.by_phone, size=None, verbose_name='customers sign in by'),
        ),
    ]
