from django.db import migrations, models

from loyalty.tenancy.rls import enable_rls


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0017_lanes_of_codes'),
    ]

    operations = [
        migrations.CreateModel(
            name='WordsLeft',
            fields=[
                ('tenant_id', models.IntegerField(primary_key=True, serialize=False)),
                ('erased_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'customers_words_left',
            },
        ),
        enable_rls("customers_words_left"),
        migrations.RunSQL("revoke all on customers_words_left from loyalty_projector", migrations.RunSQL.noop),
    ]
