"""A state says since when it is stale and when it was last tried, so that bursts and retries are timed in the database.

Broker timers (ETA, countdown) are not used: on pgmq such a message runs several times, and a lost one never runs.
"""

from importlib import import_module

from django.db import migrations, models

before = import_module("forecasts.migrations.0002_every_edit_raises_the_inputs_version")

RAISE = """UPDATE forecasts_forecaststate SET inputs_version = inputs_version + 1, attempts = 0,
             changed_at = clock_timestamp(),
             stale_since = CASE WHEN forecast_version = inputs_version OR stale_since IS NULL THEN clock_timestamp()
                                ELSE stale_since END
           WHERE {where};"""


def functions(raise_version: str) -> str:
    parts = []
    for table, markets in before.TABLES.items():
        new, old = markets.format(rows="new_rows"), markets.format(rows="old_rows")

        def raised(which: str) -> str:
            return raise_version.format(where=f"market_id IN ({which})")

        parts.append(f"""
CREATE OR REPLACE FUNCTION {table}_raises_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN {raised(new)}
  ELSIF TG_OP = 'DELETE' THEN {raised(old)}
  ELSE {raised(f"{new} UNION {old}")}
  END IF;
  RETURN NULL;
END $$;""")
    parts.append(f"""
CREATE OR REPLACE FUNCTION forecasts_market_raises_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  {raise_version.format(where="market_id = NEW.id")}
  RETURN NULL;
END $$;""")
    return "\n".join(parts)


STATE_OF_A_NEW_MARKET = """
CREATE OR REPLACE FUNCTION forecasts_market_has_a_state() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO forecasts_forecaststate
    (market_id, inputs_version, forecast_version, failed_version, attempts, inputs_digest, problem, changed_at{columns})
    VALUES (NEW.id, 1, 0, 0, 0, '', '', clock_timestamp(){values});
  RETURN NULL;
END $$;"""

FORWARDS = functions(RAISE) + STATE_OF_A_NEW_MARKET.format(columns=", stale_since", values=", clock_timestamp()")
BACKWARDS = functions(before.RAISE.replace("market_id IN ({markets})", "{where}")) + STATE_OF_A_NEW_MARKET.format(
    columns="", values=""
)


class Migration(migrations.Migration):
    dependencies = [("forecasts", "0002_every_edit_raises_the_inputs_version")]
    operations = [
        migrations.AddField(
            "forecaststate",
            "stale_since",
            models.DateTimeField(help_text="When the first edit came that the forecast lacks.", null=True),
        ),
        migrations.AddField(
            "forecaststate",
            "attempted_at",
            models.DateTimeField(help_text="When the last try at a recompute began.", null=True),
        ),
        migrations.RunSQL(FORWARDS, BACKWARDS),
    ]
