"""Triggers that raise a market's inputs_version on every change of an input.

In the database rather than in Python, so that bulk updates, imports and SQL by hand are noticed too.
Statement-level with transition tables: pasting a thousand cells raises the version once.
"""

from django.db import migrations

# table -> how its rows lead to their market
TABLES = {
    "forecasts_observation": "SELECT market_id FROM {rows}",
    "forecasts_assumption": "SELECT market_id FROM {rows}",
    "forecasts_pin": "SELECT market_id FROM {rows}",
    "forecasts_dimension": "SELECT market_id FROM {rows}",
    "forecasts_driver": "SELECT market_id FROM {rows}",
    "forecasts_scenario": "SELECT market_id FROM {rows}",
    "forecasts_segment": "SELECT d.market_id FROM {rows} r JOIN forecasts_dimension d ON d.id = r.dimension_id",
    "forecasts_growthstep": "SELECT a.market_id FROM {rows} r JOIN forecasts_assumption a ON a.id = r.assumption_id",
    "forecasts_scenarioweight": "SELECT s.market_id FROM {rows} r JOIN forecasts_scenario s ON s.id = r.scenario_id",
}
RAISE = """UPDATE forecasts_forecaststate SET inputs_version = inputs_version + 1, attempts = 0, changed_at = clock_timestamp()
           WHERE market_id IN ({markets});"""


def functions_and_triggers() -> str:
    parts = []
    for table, markets in TABLES.items():
        new, old = markets.format(rows="new_rows"), markets.format(rows="old_rows")
        parts.append(f"""
CREATE FUNCTION {table}_raises_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN {RAISE.format(markets=new)}
  ELSIF TG_OP = 'DELETE' THEN {RAISE.format(markets=old)}
  ELSE {RAISE.format(markets=f"{new} UNION {old}")}
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER raises_version_insert AFTER INSERT ON {table} REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION {table}_raises_version();
CREATE TRIGGER raises_version_update AFTER UPDATE ON {table} REFERENCING NEW TABLE AS new_rows OLD TABLE AS old_rows
  FOR EACH STATEMENT EXECUTE FUNCTION {table}_raises_version();
CREATE TRIGGER raises_version_delete AFTER DELETE ON {table} REFERENCING OLD TABLE AS old_rows
  FOR EACH STATEMENT EXECUTE FUNCTION {table}_raises_version();""")
    parts.append("""
CREATE FUNCTION forecasts_market_has_a_state() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO forecasts_forecaststate
    (market_id, inputs_version, forecast_version, failed_version, attempts, inputs_digest, problem, changed_at)
    VALUES (NEW.id, 1, 0, 0, 0, '', '', clock_timestamp());
  RETURN NULL;
END $$;
CREATE TRIGGER has_a_state AFTER INSERT ON forecasts_market
  FOR EACH ROW EXECUTE FUNCTION forecasts_market_has_a_state();
CREATE FUNCTION forecasts_market_raises_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE forecasts_forecaststate SET inputs_version = inputs_version + 1, attempts = 0, changed_at = clock_timestamp()
    WHERE market_id = NEW.id;
  RETURN NULL;
END $$;
CREATE TRIGGER raises_version AFTER UPDATE ON forecasts_market FOR EACH ROW
  WHEN ((OLD.first_year, OLD.base_year, OLD.last_year, OLD.decimals, OLD.unit_mult, OLD.reconciliation)
        IS DISTINCT FROM
        (NEW.first_year, NEW.base_year, NEW.last_year, NEW.decimals, NEW.unit_mult, NEW.reconciliation))
  EXECUTE FUNCTION forecasts_market_raises_version();""")
    return "\n".join(parts)


def drop() -> str:
    parts = [f"DROP FUNCTION {table}_raises_version() CASCADE;" for table in TABLES]
    parts += [
        "DROP FUNCTION forecasts_market_has_a_state() CASCADE;",
        "DROP FUNCTION forecasts_market_raises_version() CASCADE;",
    ]
    return "\n".join(parts)


class Migration(migrations.Migration):
    dependencies = [("forecasts", "0001_initial")]
    operations = [migrations.RunSQL(functions_and_triggers(), drop())]
