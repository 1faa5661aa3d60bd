"""Words of Athena's SQL that DuckDB lacks or means otherwise; the emulator's Athena is DuckDB.

No more than what reports say (`chalicelib/adapters/warehouse/athena_sql.py`). They are said here
a second time, and not translated back: what is wrong in both directions would seem right.
"""

MACROS = """
CREATE MACRO truncate(n) AS trunc(n);
CREATE MACRO cardinality(list) AS array_length(list);
CREATE MACRO sequence(first, last) AS
    generate_series(first, last, CASE WHEN first <= last THEN 1 ELSE -1 END);
CREATE MACRO concat(a, b) AS a || b;
"""
