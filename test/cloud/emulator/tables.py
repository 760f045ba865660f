"""The Glue tables of a database as DuckDB views over what lies in S3, partition projection included."""

import base64
import contextlib
import json
import os
import re
import shutil
import tempfile

from ministack.services import glue, s3

_TYPES = {"string": "VARCHAR", "int": "INTEGER"}
_VIEW = re.compile(r"/\* Presto View: (\S+) \*/")


def referenced(query, database):
    """Glue tables whose names occur in the query, those under its views included, views last."""
    found = {}
    text = re.sub(r"--[^\n]*", "", query)
    for key, table in list(glue._tables.items()):
        name = table["Name"]
        if key == f"{database}/{name}" and re.search(rf"\b{re.escape(name)}\b", text):
            if view := _view_sql(table):
                found.update(referenced(view, database))
            found[name] = table
    return found


@contextlib.contextmanager
def attached(connection, query, database):
    """Creates the views that the query needs; the copies of their files live as long as the block."""
    folder = tempfile.mkdtemp(prefix="athena-")
    try:
        connection.execute(f'CREATE SCHEMA "{database}"; USE "{database}"')
        tables = referenced(query, database)
        for name, table in sorted(tables.items(), key=lambda item: bool(_view_sql(item[1]))):
            sql = _view_sql(table) or _relation(table, os.path.join(folder, name))
            connection.execute(f'CREATE VIEW "{name}" AS {sql}')
        yield
    finally:
        shutil.rmtree(folder)


def locations(table):
    """Bucket and prefix of the table's files."""
    bucket, _, prefix = table["StorageDescriptor"]["Location"].removeprefix("s3://").partition("/")
    return bucket, prefix


def is_view(table):
    return _view_sql(table) is not None


def _view_sql(table):
    match = _VIEW.fullmatch(table.get("ViewOriginalText") or "")
    return json.loads(base64.b64decode(match[1]))["originalSql"] if match else None


def _relation(table, folder):
    selects = [
        _select(table, files, values) for values, files in _copy_files(table, folder).items()
    ]
    return " UNION ALL ".join(selects) if selects else _empty(table)


def _copy_files(table, folder):
    """Copies the table's objects into a folder; gives the files by their partition's values."""
    bucket, _ = locations(table)
    pattern = _key_pattern(table)
    groups = {}
    for key in sorted(s3._buckets[bucket]["objects"]):
        match = pattern.match(key)
        if not match or key.endswith("/"):
            continue
        path = os.path.join(folder, key)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(s3._get_object_data(bucket, key))
        groups.setdefault(match.groups(), []).append(path)
    return groups


def _key_pattern(table):
    """What the keys of the table's files begin with, a group for each partition key in their order."""
    parameters = table.get("Parameters") or {}
    bucket, prefix = locations(table)
    if not table.get("PartitionKeys"):
        return re.compile(re.escape(prefix))
    if parameters.get("projection.enabled") != "true":
        raise ValueError(f"table needs partition projection: {table['Name']}")
    template = parameters["storage.location.template"].removeprefix(f"s3://{bucket}/")
    parts = re.split(r"\$\{(\w+)\}", template)
    if parts[1::2] != [key["Name"] for key in table["PartitionKeys"]]:
        raise ValueError(f"template does not name the partition keys: {template}")
    return re.compile("([^/]+)".join(re.escape(part) for part in parts[::2]))


def _select(table, files, values):
    names = ", ".join("'" + file.replace("'", "''") + "'" for file in files)
    if "JsonSerDe" in table["StorageDescriptor"]["SerdeInfo"]["SerializationLibrary"]:
        types = ", ".join(f"'{c['Name']}': '{_duck_type(c['Type'])}'" for c in _columns(table))
        source = f"read_json([{names}], format = 'newline_delimited', columns = {{{types}}})"
    else:
        source = f"read_parquet([{names}], union_by_name = true, hive_partitioning = false)"
    columns = [f'CAST("{c["Name"]}" AS {_duck_type(c["Type"])}) AS "{c["Name"]}"' for c in _columns(table)]
    keys = [key["Name"] for key in table.get("PartitionKeys") or []]
    columns += [f"'{value}' AS \"{key}\"" for key, value in zip(keys, values)]
    return f"SELECT {', '.join(columns)} FROM {source}"


def _empty(table):
    every = _columns(table) + (table.get("PartitionKeys") or [])
    nulls = [f'CAST(NULL AS {_duck_type(c["Type"])}) AS "{c["Name"]}"' for c in every]
    return f"SELECT {', '.join(nulls)} WHERE false"


def _columns(table):
    return table["StorageDescriptor"]["Columns"]


def _duck_type(glue_type):
    """DuckDB's name of a Glue type: struct<a:int> is STRUCT(a INTEGER), array<int> is INTEGER[]."""
    name, _, inner = glue_type.partition("<")
    inner = inner.removesuffix(">")
    if name == "array":
        return _duck_type(inner) + "[]"
    if name == "map":
        key, _, value = inner.partition(",")
        return f"MAP({_duck_type(key)}, {_duck_type(value)})"
    if name == "struct":
        members = (member.partition(":") for member in _split_members(inner))
        return "STRUCT(" + ", ".join(f'"{m[0]}" {_duck_type(m[2])}' for m in members) + ")"
    return _TYPES.get(name, name.upper())


def _split_members(inner):
    depth, start = 0, 0
    for index, character in enumerate(inner):
        depth += (character == "<") - (character == ">")
        if character == "," and depth == 0:
            yield inner[start:index]
            start = index + 1
    yield inner[start:]
