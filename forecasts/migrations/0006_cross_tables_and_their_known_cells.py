"""Cross-tables, and triggers that raise their market's inputs_version: a draft with another cross-table is another draft.

The engine's inputs don't hold them, so the recompute that follows finds the same digest and only moves the version on.
"""

from importlib import import_module

import django.core.validators
import django.db.models.deletion
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

before = import_module("forecasts.migrations.0003_a_state_says_since_when_it_is_stale")

# table -> how its rows lead to their market
TABLES = {
    "forecasts_crosstable": "SELECT market_id FROM {rows}",
    "forecasts_crosscell": "SELECT t.market_id FROM {rows} r JOIN forecasts_crosstable t ON t.id = r.table_id",
}


def triggers() -> str:
    parts = []
    for table, markets in TABLES.items():
        new, old = markets.format(rows="new_rows"), markets.format(rows="old_rows")

        def raised(which: str) -> str:
            return str(before.RAISE.format(where=f"market_id IN ({which})"))

        parts.append(f"""
CREATE FUNCTION {table}_raises_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN {raised(new)}
  ELSIF TG_OP = 'DELETE' THEN {raised(old)}
  ELSE {raised(f"{new} UNION {old}")}
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER raises_version_insert AFTER INSERT ON {table} REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION {table}_raises_version();
CREATE TRIGGER raises_version_update AFTER UPDATE ON {table} REFERENCING NEW TABLE AS new_rows OLD TABLE AS old_rows
  FOR EACH STATEMENT EXECUTE FUNCTION {table}_raises_version();
CREATE TRIGGER raises_version_delete AFTER DELETE ON {table} REFERENCING OLD TABLE AS old_rows
  FOR EACH STATEMENT EXECUTE FUNCTION {table}_raises_version();""")
    return "\n".join(parts)


def drop() -> str:
    return "\n".join(f"DROP FUNCTION {table}_raises_version() CASCADE;" for table in TABLES)


class Migration(migrations.Migration):
    dependencies = [
        ("forecasts", "0005_draft_history"),
    ]

    operations = [
        migrations.CreateModel(
            name="CrossCell",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.PositiveSmallIntegerField()),
                (
                    "value",
                    models.DecimalField(
                        decimal_places=6, max_digits=20, validators=[django.core.validators.MinValueValidator(0)]
                    ),
                ),
                ("source", models.CharField(max_length=300)),
                (
                    "illustrative",
                    models.BooleanField(default=False, help_text="Not market data: shown as illustrative everywhere."),
                ),
                (
                    "column",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="forecasts.segment"
                    ),
                ),
                (
                    "row",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="forecasts.segment"
                    ),
                ),
            ],
            options={
                "ordering": ["year", "pk"],
            },
        ),
        migrations.CreateModel(
            name="CrossTable",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "row_detail",
                    models.CharField(
                        choices=[
                            ("top", "The first level: regions, materials"),
                            ("finest", "The finest level: countries, products"),
                        ],
                        default="top",
                        max_length=6,
                        verbose_name="rows show",
                    ),
                ),
                (
                    "column_detail",
                    models.CharField(
                        choices=[
                            ("top", "The first level: regions, materials"),
                            ("finest", "The finest level: countries, products"),
                        ],
                        default="top",
                        max_length=6,
                        verbose_name="columns show",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0)),
                (
                    "columns",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="cross_tables_by_column",
                        to="forecasts.dimension",
                    ),
                ),
                (
                    "market",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="cross_tables", to="forecasts.market"
                    ),
                ),
                (
                    "rows",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="cross_tables_by_row",
                        to="forecasts.dimension",
                    ),
                ),
            ],
            options={
                "ordering": ["position", "pk"],
            },
        ),
        migrations.CreateModel(
            name="CrossCellEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                ("year", models.PositiveSmallIntegerField()),
                (
                    "value",
                    models.DecimalField(
                        decimal_places=6, max_digits=20, validators=[django.core.validators.MinValueValidator(0)]
                    ),
                ),
                ("source", models.CharField(max_length=300)),
                (
                    "illustrative",
                    models.BooleanField(default=False, help_text="Not market data: shown as illustrative everywhere."),
                ),
                (
                    "column",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="forecasts.segment",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="forecasts.crosscell",
                    ),
                ),
                (
                    "row",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="forecasts.segment",
                    ),
                ),
                (
                    "table",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="forecasts.crosstable",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="crosscell",
            name="table",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="known_cells", to="forecasts.crosstable"
            ),
        ),
        migrations.CreateModel(
            name="CrossTableEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                (
                    "row_detail",
                    models.CharField(
                        choices=[
                            ("top", "The first level: regions, materials"),
                            ("finest", "The finest level: countries, products"),
                        ],
                        default="top",
                        max_length=6,
                        verbose_name="rows show",
                    ),
                ),
                (
                    "column_detail",
                    models.CharField(
                        choices=[
                            ("top", "The first level: regions, materials"),
                            ("finest", "The finest level: countries, products"),
                        ],
                        default="top",
                        max_length=6,
                        verbose_name="columns show",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0)),
                (
                    "columns",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="forecasts.dimension",
                    ),
                ),
                (
                    "market",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="forecasts.market",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="forecasts.crosstable",
                    ),
                ),
                (
                    "rows",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="forecasts.dimension",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddConstraint(
            model_name="crosstable",
            constraint=models.UniqueConstraint(
                fields=("market", "rows", "columns"),
                name="cross_table_once_per_pair",
                violation_error_message="There is already a cross-table of these two dimensions.",
            ),
        ),
        migrations.AddConstraint(
            model_name="crosstable",
            constraint=models.CheckConstraint(
                condition=models.Q(("rows", models.F("columns")), _negated=True),
                name="cross_table_of_two_dimensions",
                violation_error_message="A cross-table needs two different dimensions.",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="crosstable",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "forecasts_crosstableevent" ("column_detail", "columns_id", "id", "market_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "row_detail", "rows_id") VALUES (NEW."column_detail", NEW."columns_id", NEW."id", NEW."market_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'insert\', NEW."id", NEW."position", NEW."row_detail", NEW."rows_id"); RETURN NULL;',
                    hash="a25477431aaf414f2094b12fdffaea9b95b748a5",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_e8aaa",
                    table="forecasts_crosstable",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="crosstable",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "forecasts_crosstableevent" ("column_detail", "columns_id", "id", "market_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "row_detail", "rows_id") VALUES (OLD."column_detail", OLD."columns_id", OLD."id", OLD."market_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'update\', OLD."id", OLD."position", OLD."row_detail", OLD."rows_id"); RETURN NULL;',
                    hash="02fd18a75381e5de91cfec27fe4e996cc07f5c33",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_41df6",
                    table="forecasts_crosstable",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="crosstable",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "forecasts_crosstableevent" ("column_detail", "columns_id", "id", "market_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "row_detail", "rows_id") VALUES (OLD."column_detail", OLD."columns_id", OLD."id", OLD."market_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'delete\', OLD."id", OLD."position", OLD."row_detail", OLD."rows_id"); RETURN NULL;',
                    hash="65ab4962d0c92690803c95e4e73c621448b45a9a",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_00b7d",
                    table="forecasts_crosstable",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="crosscell",
            constraint=models.UniqueConstraint(
                fields=("table", "row", "column", "year"),
                name="cross_cell_once_per_year",
                violation_error_message="This cell is already given for this year.",
            ),
        ),
        migrations.AddConstraint(
            model_name="crosscell",
            constraint=models.CheckConstraint(
                condition=models.Q(("value__gte", 0)),
                name="cross_cell_is_not_negative",
                violation_error_message="A market’s value cannot be negative.",
            ),
        ),
        migrations.AddConstraint(
            model_name="crosscell",
            constraint=models.CheckConstraint(
                condition=models.Q(("source", ""), _negated=True),
                name="cross_cell_has_a_source",
                violation_error_message="Say where the number comes from.",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="crosscell",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "forecasts_crosscellevent" ("column_id", "id", "illustrative", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "row_id", "source", "table_id", "value", "year") VALUES (NEW."column_id", NEW."id", NEW."illustrative", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'insert\', NEW."id", NEW."row_id", NEW."source", NEW."table_id", NEW."value", NEW."year"); RETURN NULL;',
                    hash="5393209a1561981b00b44ba9e788996059bf5fa7",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_911b9",
                    table="forecasts_crosscell",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="crosscell",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "forecasts_crosscellevent" ("column_id", "id", "illustrative", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "row_id", "source", "table_id", "value", "year") VALUES (OLD."column_id", OLD."id", OLD."illustrative", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'update\', OLD."id", OLD."row_id", OLD."source", OLD."table_id", OLD."value", OLD."year"); RETURN NULL;',
                    hash="96e5bdf386979e76748927c48a6d8f0fe2257e2d",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_ab357",
                    table="forecasts_crosscell",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="crosscell",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "forecasts_crosscellevent" ("column_id", "id", "illustrative", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "row_id", "source", "table_id", "value", "year") VALUES (OLD."column_id", OLD."id", OLD."illustrative", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'delete\', OLD."id", OLD."row_id", OLD."source", OLD."table_id", OLD."value", OLD."year"); RETURN NULL;',
                    hash="bcc6cda6073f1e18186150d88888460c0fc59544",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_34758",
                    table="forecasts_crosscell",
                    when="AFTER",
                ),
            ),
        ),
        migrations.RunSQL(triggers(), drop()),
    ]
