"""How many wrong codes are typed."""

from django.db import migrations, models

from loyalty.tenancy.rls import enable_rls


class Migration(migrations.Migration):

    dependencies = [
        ('rewards', '0005_gifts'),
    ]

    operations = [
        migrations.CreateModel(
            name='Guess',
            fields=[
                ('pk', models.CompositePrimaryKey('tenant_id', 'key', blank=True, editable=False, primary_key=True, serialize=False)),
                ('tenant_id', models.IntegerField()),
                ('key', models.BinaryField(max_length=32)),
                ('since', models.DateTimeField()),
                ('used', models.IntegerField()),
            ],
            options={
                'db_table': 'rewards_guess',
            },
        ),
        enable_rls("rewards_guess"),
        migrations.RunSQL("revoke all on rewards_guess from loyalty_projector", migrations.RunSQL.noop),
    ]
