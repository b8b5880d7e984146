"""The queries: one for each family of objects, whatever the number of tables.

Every row of a family starts with a kind and a path of up to three names after the schema; attributes follow.
They run with an empty `search_path`, so that the server qualifies every name it prints.
What an extension owns, and what the server made for another object, is left out.
"""

from __future__ import annotations

from collections.abc import Mapping

from isotype.domain.values import frozen


@frozen
class Query:
    """A family: its kinds share these attributes. `path` is the number of names in a path."""

    path: int
    attributes: tuple[str, ...]
    sql: str


_OWNED = "SELECT objid FROM pg_depend WHERE classid = '{0}'::regclass AND deptype = 'e'"
# The constructors of a range type come with it.
_WITH_TYPES = "SELECT objid FROM pg_depend WHERE classid = 'pg_proc'::regclass AND deptype = 'i'"


def _owned(catalog: str) -> str:
    return _OWNED.format(catalog)


# An index of a partitioned table is only as valid as its parts.
_VALID = """
       i.indisvalid AND i.indisready AND i.indislive AND NOT EXISTS (
           SELECT FROM pg_inherits AS h JOIN pg_index AS part ON part.indexrelid = h.inhrelid
           WHERE h.inhparent = i.indexrelid AND NOT (part.indisvalid AND part.indisready)
       )""".strip()

BEGIN = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
SAVE = "SAVEPOINT facts"
RESTORE = "ROLLBACK TO SAVEPOINT facts; RELEASE SAVEPOINT facts"

SETTINGS = """
SET LOCAL search_path = '';
SET LOCAL statement_timeout = {timeout};
SET LOCAL lock_timeout = {timeout};
SET LOCAL timezone = 'UTC';
SET LOCAL datestyle = 'ISO';
SET LOCAL intervalstyle = 'postgres';
SET LOCAL extra_float_digits = 1;
SET LOCAL bytea_output = 'hex';
SET LOCAL quote_all_identifiers = off;
SET LOCAL standard_conforming_strings = on;
SET LOCAL row_security = off;
SET LOCAL jit = off
"""

SERVER = """
SELECT current_setting('server_version_num')::int / 10000,
       current_setting('server_version'),
       (SELECT json_agg(json_build_array(e.extname, e.extversion) ORDER BY e.extname)::text FROM pg_extension AS e)
"""

RELATIONS = Query(
    2,
    (
        *("persistence", "method", "options", "toast_options", "partition_key", "parents", "bound", "detached"),
        *("row_security", "forced_row_security", "replica_identity", "definition", "populated", "comment"),
    ),
    f"""
SELECT CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'f' THEN 'foreign table'
       ELSE 'table' END,
       n.nspname, c.relname,
       CASE c.relpersistence WHEN 'u' THEN 'unlogged' ELSE 'permanent' END,
       am.amname,
       array_to_string(ARRAY(SELECT o FROM unnest(c.reloptions) AS o ORDER BY o), ', '),
       array_to_string(ARRAY(SELECT o FROM unnest(toast.reloptions) AS o ORDER BY o), ', '),
       CASE c.relkind WHEN 'p' THEN pg_get_partkeydef(c.oid) END,
       CASE WHEN c.relispartition OR c.relkind IN ('r', 'f') THEN (
           SELECT string_agg(i.inhparent::regclass::text, ', ' ORDER BY i.inhseqno)
           FROM pg_inherits AS i WHERE i.inhrelid = c.oid
       ) END,
       pg_get_expr(c.relpartbound, c.oid),
       EXISTS (SELECT FROM pg_inherits AS i WHERE i.inhrelid = c.oid AND i.inhdetachpending),
       c.relrowsecurity, c.relforcerowsecurity, c.relreplident::text,
       CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END,
       CASE c.relkind WHEN 'm' THEN c.relispopulated END,
       d.description
FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN pg_am AS am ON am.oid = c.relam
LEFT JOIN pg_class AS toast ON toast.oid = c.reltoastrelid AND toast.reloptions IS NOT NULL
LEFT JOIN pg_description AS d ON d.classoid = 'pg_class'::regclass AND d.objoid = c.oid AND d.objsubid = 0
WHERE n.nspname = ANY (%(schemas)s::text[]) AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
  AND c.oid NOT IN ({_owned("pg_class")})
""",
)

COLUMNS = Query(
    3,
    (
        *("type", "not_null", "default", "generated", "expression", "identity"),
        *("collation", "storage", "compression", "comment"),
    ),
    f"""
SELECT 'column', n.nspname, c.relname, a.attname,
       format_type(a.atttypid, a.atttypmod),
       {{not_null}},
       CASE a.attgenerated WHEN '' THEN pg_get_expr(def.adbin, def.adrelid) END,
       CASE a.attgenerated WHEN 's' THEN 'stored' WHEN 'v' THEN 'virtual' END,
       CASE WHEN a.attgenerated <> '' THEN pg_get_expr(def.adbin, def.adrelid) END,
       CASE a.attidentity WHEN 'a' THEN 'always' WHEN 'd' THEN 'by default' END,
       CASE WHEN a.attcollation <> t.typcollation THEN a.attcollation::regcollation::text END,
       CASE WHEN a.attstorage <> t.typstorage THEN CASE a.attstorage WHEN 'p' THEN 'plain' WHEN 'e' THEN 'external'
            WHEN 'm' THEN 'main' ELSE 'extended' END END,
       CASE a.attcompression WHEN 'p' THEN 'pglz' WHEN 'l' THEN 'lz4' END,
       d.description
FROM pg_attribute AS a
JOIN pg_class AS c ON c.oid = a.attrelid
JOIN pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_type AS t ON t.oid = a.atttypid
LEFT JOIN pg_attrdef AS def ON def.adrelid = a.attrelid AND def.adnum = a.attnum
LEFT JOIN pg_description AS d ON d.classoid = 'pg_class'::regclass AND d.objoid = c.oid AND d.objsubid = a.attnum
{{not_null_join}}
WHERE n.nspname = ANY (%(schemas)s::text[]) AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
  AND a.attnum > 0 AND NOT a.attisdropped
  AND c.oid NOT IN ({_owned("pg_class")})
ORDER BY a.attrelid, a.attnum
""",
)

# A trigger of the server's own that enforces a constraint can be switched off without a trace in the constraint.
CONSTRAINTS = Query(
    3,
    ("type", "definition", "validated", "options", "valid", "replica_identity", "suspended", "comment"),
    f"""
WITH RECURSIVE off (constraint_id, state) AS (
    SELECT t.tgconstraint, CASE t.tgenabled WHEN 'D' THEN 'disabled' WHEN 'R' THEN 'replica' ELSE 'always' END
        || ' on ' || t.tgrelid::regclass
    FROM pg_trigger AS t WHERE t.tgisinternal AND t.tgconstraint <> 0 AND t.tgenabled <> 'O'
    UNION
    SELECT con.conparentid, off.state
    FROM off JOIN pg_constraint AS con ON con.oid = off.constraint_id WHERE con.conparentid <> 0
), suspended AS (
    SELECT constraint_id, string_agg(state, ', ' ORDER BY state) AS states FROM off GROUP BY constraint_id
)
SELECT 'constraint', n.nspname, c.relname, con.conname,
       CASE con.contype WHEN 'p' THEN 'primary key' WHEN 'u' THEN 'unique' WHEN 'f' THEN 'foreign key'
       WHEN 'c' THEN 'check' ELSE 'exclusion' END,
       pg_get_constraintdef(con.oid),
       con.convalidated,
       array_to_string(ARRAY(SELECT o FROM unnest(x.reloptions) AS o ORDER BY o), ', '),
       {_VALID},
       i.indisreplident,
       suspended.states,
       d.description
FROM pg_constraint AS con
JOIN pg_class AS c ON c.oid = con.conrelid
JOIN pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN pg_index AS i ON i.indexrelid = con.conindid AND con.contype IN ('p', 'u', 'x')
LEFT JOIN pg_class AS x ON x.oid = i.indexrelid
LEFT JOIN suspended ON suspended.constraint_id = con.oid
LEFT JOIN pg_description AS d ON d.classoid = 'pg_constraint'::regclass AND d.objoid = con.oid AND d.objsubid = 0
WHERE n.nspname = ANY (%(schemas)s::text[]) AND con.contype IN ('p', 'u', 'f', 'c', 'x')
  AND con.conislocal AND con.conparentid = 0
  AND con.conrelid NOT IN ({_owned("pg_class")})
""",
)

INDEXES = Query(
    2,
    ("table", "definition", "valid", "replica_identity", "comment"),
    f"""
SELECT 'index', n.nspname, c.relname,
       t.relname,
       pg_get_indexdef(i.indexrelid),
       {_VALID},
       i.indisreplident,
       d.description
FROM pg_index AS i
JOIN pg_class AS c ON c.oid = i.indexrelid
JOIN pg_class AS t ON t.oid = i.indrelid
JOIN pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN pg_description AS d ON d.classoid = 'pg_class'::regclass AND d.objoid = c.oid AND d.objsubid = 0
WHERE n.nspname = ANY (%(schemas)s::text[])
  AND NOT c.relispartition
  AND c.oid NOT IN (SELECT conindid FROM pg_constraint WHERE contype IN ('p', 'u', 'x'))
  AND t.oid NOT IN ({_owned("pg_class")})
""",
)

TRIGGERS = Query(
    3,
    ("definition", "enabled", "on_partitions", "comment"),
    f"""
SELECT 'trigger', n.nspname, c.relname, t.tgname,
       pg_get_triggerdef(t.oid),
       CASE t.tgenabled WHEN 'O' THEN 'origin' WHEN 'D' THEN 'disabled' WHEN 'R' THEN 'replica' ELSE 'always' END,
       (SELECT string_agg(CASE part.tgenabled WHEN 'O' THEN 'origin' WHEN 'D' THEN 'disabled' WHEN 'R' THEN 'replica'
                          ELSE 'always' END || ' on ' || part.tgrelid::regclass,
                          ', ' ORDER BY part.tgrelid::regclass::text)
        FROM pg_trigger AS part WHERE part.tgparentid = t.oid AND part.tgenabled <> t.tgenabled),
       d.description
FROM pg_trigger AS t
JOIN pg_class AS c ON c.oid = t.tgrelid
JOIN pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN pg_description AS d ON d.classoid = 'pg_trigger'::regclass AND d.objoid = t.oid AND d.objsubid = 0
WHERE n.nspname = ANY (%(schemas)s::text[]) AND NOT t.tgisinternal AND t.tgparentid = 0
  AND c.oid NOT IN ({_owned("pg_class")})
  AND t.tgfoid NOT IN ({_owned("pg_proc")} AND refobjid IN (SELECT oid FROM pg_extension WHERE extname = 'timescaledb'))
""",
)

FUNCTIONS = Query(
    2,
    ("definition", "comment"),
    f"""
SELECT CASE p.prokind WHEN 'p' THEN 'procedure' ELSE 'function' END, n.nspname,
       p.proname || '(' || oidvectortypes(p.proargtypes) || ')',
       pg_get_functiondef(p.oid),
       d.description
FROM pg_proc AS p
JOIN pg_namespace AS n ON n.oid = p.pronamespace
LEFT JOIN pg_description AS d ON d.classoid = 'pg_proc'::regclass AND d.objoid = p.oid AND d.objsubid = 0
WHERE n.nspname = ANY (%(schemas)s::text[]) AND p.prokind IN ('f', 'p', 'w')
  AND p.oid NOT IN ({_owned("pg_proc")}) AND p.oid NOT IN ({_WITH_TYPES})
""",
)

# The families with few members share a query; their attributes travel as one JSON array.

_SCHEMA = """
SELECT 'schema', n.nspname, NULL, NULL, json_build_array(d.description)
FROM pg_namespace AS n
LEFT JOIN pg_description AS d ON d.classoid = 'pg_namespace'::regclass AND d.objoid = n.oid AND d.objsubid = 0
WHERE n.nspname = ANY (%(schemas)s::text[]) AND n.nspname <> 'public'
"""

_EXTENSION = """
SELECT 'extension', e.extname, NULL, NULL, json_build_array(n.nspname)
FROM pg_extension AS e JOIN pg_namespace AS n ON n.oid = e.extnamespace
"""

_ENUM = f"""
SELECT 'enum type', n.nspname, t.typname, NULL, json_build_array(
    (SELECT json_agg(e.enumlabel ORDER BY e.enumsortorder)::text FROM pg_enum AS e WHERE e.enumtypid = t.oid),
    d.description)
FROM pg_type AS t
JOIN pg_namespace AS n ON n.oid = t.typnamespace
LEFT JOIN pg_description AS d ON d.classoid = 'pg_type'::regclass AND d.objoid = t.oid AND d.objsubid = 0
WHERE n.nspname = ANY (%(schemas)s::text[]) AND t.typtype = 'e' AND t.oid NOT IN ({_owned("pg_type")})
"""

_DOMAIN = f"""
SELECT 'domain', n.nspname, t.typname, NULL, json_build_array(
    format_type(t.typbasetype, t.typtypmod), t.typnotnull, pg_get_expr(t.typdefaultbin, 0),
    CASE WHEN t.typcollation <> base.typcollation THEN t.typcollation::regcollation::text END,
    (SELECT json_agg(json_build_array(con.conname, pg_get_constraintdef(con.oid)) ORDER BY con.conname)::text
     FROM pg_constraint AS con WHERE con.contypid = t.oid AND con.contype = 'c'),
    d.description)
FROM pg_type AS t
JOIN pg_namespace AS n ON n.oid = t.typnamespace
JOIN pg_type AS base ON base.oid = t.typbasetype
LEFT JOIN pg_description AS d ON d.classoid = 'pg_type'::regclass AND d.objoid = t.oid AND d.objsubid = 0
WHERE n.nspname = ANY (%(schemas)s::text[]) AND t.typtype = 'd' AND t.oid NOT IN ({_owned("pg_type")})
"""

_COMPOSITE = f"""
SELECT 'composite type', n.nspname, c.relname, NULL, json_build_array(
    (SELECT json_agg(json_build_array(a.attname, format_type(a.atttypid, a.atttypmod)) ORDER BY a.attnum)::text
     FROM pg_attribute AS a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped),
    d.description)
FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN pg_description AS d ON d.classoid = 'pg_type'::regclass AND d.objoid = c.reltype AND d.objsubid = 0
WHERE n.nspname = ANY (%(schemas)s::text[]) AND c.relkind = 'c' AND c.reltype NOT IN ({_owned("pg_type")})
"""

_SEQUENCE = f"""
SELECT CASE WHEN t.oid IS NULL THEN 'sequence' ELSE 'column sequence' END,
    n.nspname, coalesce(t.relname, c.relname), a.attname, json_build_array(
    format_type(s.seqtypid, NULL), s.seqstart::text, s.seqincrement::text, s.seqmin::text, s.seqmax::text,
    s.seqcache::text, s.seqcycle, CASE WHEN t.oid IS NOT NULL THEN c.oid::regclass::text END, d.description)
FROM pg_sequence AS s
JOIN pg_class AS c ON c.oid = s.seqrelid
JOIN pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN pg_depend AS own ON own.classid = 'pg_class'::regclass AND own.objid = c.oid
    AND own.refclassid = 'pg_class'::regclass AND own.deptype IN ('a', 'i') AND own.refobjsubid > 0
LEFT JOIN pg_class AS t ON t.oid = own.refobjid
LEFT JOIN pg_attribute AS a ON a.attrelid = own.refobjid AND a.attnum = own.refobjsubid
LEFT JOIN pg_description AS d ON d.classoid = 'pg_class'::regclass AND d.objoid = c.oid AND d.objsubid = 0
WHERE n.nspname = ANY (%(schemas)s::text[]) AND c.oid NOT IN ({_owned("pg_class")})
"""

_POLICY = """
SELECT 'policy', n.nspname, c.relname, p.polname, json_build_array(
    CASE p.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE'
    ELSE 'ALL' END,
    p.polpermissive,
    (SELECT string_agg(CASE r WHEN 0 THEN 'public' ELSE pg_get_userbyid(r) END, ', '
        ORDER BY CASE r WHEN 0 THEN 'public' ELSE pg_get_userbyid(r) END) FROM unnest(p.polroles) AS r),
    pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid), d.description)
FROM pg_policy AS p
JOIN pg_class AS c ON c.oid = p.polrelid
JOIN pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN pg_description AS d ON d.classoid = 'pg_policy'::regclass AND d.objoid = p.oid AND d.objsubid = 0
WHERE n.nspname = ANY (%(schemas)s::text[])
"""

_RULE = """
SELECT 'rule', n.nspname, c.relname, r.rulename, json_build_array(pg_get_ruledef(r.oid), r.ev_enabled::text)
FROM pg_rewrite AS r
JOIN pg_class AS c ON c.oid = r.ev_class
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname = ANY (%(schemas)s::text[]) AND r.rulename <> '_RETURN'
"""

# What the language has no word for: enough of it to notice a change of what raw SQL made.
_OTHER = f"""
SELECT 'statistics', n.nspname, s.stxname, NULL, json_build_array(pg_get_statisticsobjdef(s.oid))
FROM pg_statistic_ext AS s JOIN pg_namespace AS n ON n.oid = s.stxnamespace
WHERE n.nspname = ANY (%(schemas)s::text[])
UNION ALL
SELECT 'aggregate', n.nspname, p.proname || '(' || oidvectortypes(p.proargtypes) || ')', NULL,
       json_build_array(json_build_array(g.aggkind, g.aggtransfn::regproc, g.aggtranstype::regtype,
           g.aggfinalfn::regproc, g.agginitval, g.aggcombinefn::regproc, g.aggsortop::regoperator)::text)
FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace JOIN pg_aggregate AS g ON g.aggfnoid = p.oid
WHERE n.nspname = ANY (%(schemas)s::text[]) AND p.oid NOT IN ({_owned("pg_proc")})
UNION ALL
SELECT 'range type', n.nspname, t.typname, NULL,
       json_build_array(json_build_array(r.rngsubtype::regtype, r.rngcollation::regcollation,
           r.rngcanonical::regproc, r.rngsubdiff::regproc)::text)
FROM pg_type AS t JOIN pg_namespace AS n ON n.oid = t.typnamespace JOIN pg_range AS r ON r.rngtypid = t.oid
WHERE n.nspname = ANY (%(schemas)s::text[]) AND t.oid NOT IN ({_owned("pg_type")})
UNION ALL
SELECT 'base type', n.nspname, t.typname, NULL,
       json_build_array(json_build_array(t.typlen, t.typinput::regproc, t.typoutput::regproc)::text)
FROM pg_type AS t JOIN pg_namespace AS n ON n.oid = t.typnamespace
WHERE n.nspname = ANY (%(schemas)s::text[]) AND t.typtype = 'b' AND t.typcategory <> 'A'
  AND t.oid NOT IN ({_owned("pg_type")})
UNION ALL
SELECT 'operator', n.nspname, o.oid::regoperator::text, NULL,
       json_build_array(json_build_array(o.oprcode::regproc, o.oprresult::regtype, o.oprcom::regoperator,
           o.oprnegate::regoperator, o.oprrest::regproc, o.oprjoin::regproc, o.oprcanmerge, o.oprcanhash)::text)
FROM pg_operator AS o JOIN pg_namespace AS n ON n.oid = o.oprnamespace
WHERE n.nspname = ANY (%(schemas)s::text[]) AND o.oid NOT IN ({_owned("pg_operator")})
UNION ALL
SELECT 'collation', n.nspname, c.collname, NULL,
       json_build_array((to_jsonb(c) - '{{oid,collname,collnamespace,collowner,collversion}}'::text[])::text)
FROM pg_collation AS c JOIN pg_namespace AS n ON n.oid = c.collnamespace
WHERE n.nspname = ANY (%(schemas)s::text[]) AND c.oid NOT IN ({_owned("pg_collation")})
UNION ALL
SELECT 'text search configuration', n.nspname, c.cfgname, NULL,
       json_build_array((SELECT json_agg(json_build_array(m.maptokentype, m.mapdict::regdictionary)
           ORDER BY m.maptokentype, m.mapseqno)::text FROM pg_ts_config_map AS m WHERE m.mapcfg = c.oid))
FROM pg_ts_config AS c JOIN pg_namespace AS n ON n.oid = c.cfgnamespace
WHERE n.nspname = ANY (%(schemas)s::text[]) AND c.oid NOT IN ({_owned("pg_ts_config")})
UNION ALL
SELECT 'text search dictionary', n.nspname, c.dictname, NULL, json_build_array(c.dictinitoption)
FROM pg_ts_dict AS c JOIN pg_namespace AS n ON n.oid = c.dictnamespace
WHERE n.nspname = ANY (%(schemas)s::text[]) AND c.oid NOT IN ({_owned("pg_ts_dict")})
UNION ALL
SELECT 'operator class', n.nspname, c.opcname, NULL,
       json_build_array(json_build_array(am.amname, c.opcintype::regtype, c.opcdefault)::text)
FROM pg_opclass AS c JOIN pg_namespace AS n ON n.oid = c.opcnamespace JOIN pg_am AS am ON am.oid = c.opcmethod
WHERE n.nspname = ANY (%(schemas)s::text[]) AND c.oid NOT IN ({_owned("pg_opclass")})
UNION ALL
SELECT 'event trigger', e.evtname, NULL, NULL, json_build_array(json_build_array(
           e.evtevent, e.evtfoid::regproc, e.evtenabled, e.evttags)::text)
FROM pg_event_trigger AS e JOIN pg_proc AS p ON p.oid = e.evtfoid JOIN pg_namespace AS n ON n.oid = p.pronamespace
WHERE n.nspname = ANY (%(schemas)s::text[]) AND p.oid NOT IN ({_owned("pg_proc")})
"""

SMALL = "\nUNION ALL\n".join(
    part.strip() for part in (_SCHEMA, _EXTENSION, _ENUM, _DOMAIN, _COMPOSITE, _SEQUENCE, _POLICY, _RULE, _OTHER)
)

_OPAQUE = (
    *("statistics", "aggregate", "range type", "base type", "operator", "collation", "text search configuration"),
    *("text search dictionary", "operator class", "event trigger"),
)

HYPERTABLES = """
SELECT 'hypertable', h.hypertable_schema, h.hypertable_name, NULL, json_build_array(
       d.column_name, coalesce(d.time_interval::text, d.integer_interval::text),
       h.compression_enabled,
       (SELECT string_agg(s.attname, ', ' ORDER BY s.segmentby_column_index)
        FROM timescaledb_information.compression_settings AS s
        WHERE (s.hypertable_schema, s.hypertable_name) = (h.hypertable_schema, h.hypertable_name)
          AND s.segmentby_column_index IS NOT NULL),
       (SELECT string_agg(s.attname || CASE WHEN s.orderby_asc THEN '' ELSE ' DESC' END
               || CASE WHEN s.orderby_nullsfirst = s.orderby_asc
                  THEN CASE WHEN s.orderby_asc THEN ' NULLS FIRST' ELSE ' NULLS LAST' END ELSE '' END,
               ', ' ORDER BY s.orderby_column_index)
        FROM timescaledb_information.compression_settings AS s
        WHERE (s.hypertable_schema, s.hypertable_name) = (h.hypertable_schema, h.hypertable_name)
          AND s.orderby_column_index IS NOT NULL),
       (SELECT j.config ->> 'compress_after' FROM timescaledb_information.jobs AS j
        WHERE (j.hypertable_schema, j.hypertable_name) = (h.hypertable_schema, h.hypertable_name)
          AND j.proc_name = 'policy_compression'),
       (SELECT j.config ->> 'drop_after' FROM timescaledb_information.jobs AS j
        WHERE (j.hypertable_schema, j.hypertable_name) = (h.hypertable_schema, h.hypertable_name)
          AND j.proc_name = 'policy_retention'))
FROM timescaledb_information.hypertables AS h
LEFT JOIN timescaledb_information.dimensions AS d
    ON (d.hypertable_schema, d.hypertable_name) = (h.hypertable_schema, h.hypertable_name) AND d.dimension_number = 1
WHERE h.hypertable_schema = ANY (%(schemas)s::text[])
"""

ATTRIBUTES: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("table", "view", "materialized view", "foreign table"), RELATIONS.attributes),
    "column": COLUMNS.attributes,
    "constraint": CONSTRAINTS.attributes,
    "index": INDEXES.attributes,
    "trigger": TRIGGERS.attributes,
    **dict.fromkeys(("function", "procedure"), FUNCTIONS.attributes),
    "schema": ("comment",),
    "extension": ("schema",),
    "enum type": ("labels", "comment"),
    "domain": ("type", "not_null", "default", "collation", "checks", "comment"),
    "composite type": ("columns", "comment"),
    **dict.fromkeys(
        ("sequence", "column sequence"),
        ("type", "start", "increment", "minimum", "maximum", "cache", "cycle", "name", "comment"),
    ),
    "policy": ("command", "permissive", "roles", "using", "with_check", "comment"),
    "rule": ("definition", "enabled"),
    "statistics": ("definition",),
    **dict.fromkeys(_OPAQUE, ("definition",)),
    "hypertable": ("column", "interval", "compressed", "segment_by", "order_by", "compress_after", "drop_after"),
    "row": ("values",),
}
"""The attributes of each kind, in the order in which facts hold them."""


def families(major: int) -> tuple[Query, ...]:
    """The queries for a server of this major version, in the order they run."""
    # Version 18 made NOT NULL a constraint of its own, which may be not valid yet.
    late = major >= 18
    plain = "CASE WHEN a.attnotnull THEN 'yes' ELSE 'no' END"
    columns = COLUMNS.sql.format(
        not_null="CASE WHEN NOT nn.convalidated THEN 'not valid' WHEN nn.connoinherit THEN 'no inherit'"
        f" ELSE {plain} END"
        if late
        else plain,
        not_null_join="LEFT JOIN pg_constraint AS nn ON nn.conrelid = c.oid AND nn.contype = 'n'"
        " AND nn.conkey = ARRAY[a.attnum] AND (nn.connoinherit OR NOT nn.convalidated)"
        if late
        else "",
    )
    return (RELATIONS, Query(3, COLUMNS.attributes, columns), CONSTRAINTS, INDEXES, TRIGGERS, FUNCTIONS)
