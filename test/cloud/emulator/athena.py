"""Athena as the service uses it: execution parameters, idempotency, caller's rights, our own SQL bridge.

ministack runs queries on DuckDB without parameters and without asking what the caller may read. Here a
query runs on DuckDB through the macros of the embedded stack (EMULATOR_SQL_BRIDGE, a file of SQL), over
the Glue tables, with the rights of the caller checked as Athena does.
"""

import asyncio
import contextvars
import datetime
import json
import os
import re

import duckdb
import rights
import tables

from ministack.core.router import extract_access_key_id
from ministack.services import athena, s3

_access_key = contextvars.ContextVar("athena_access_key", default="")
_executions_by_token = {}

# A text or quoted name or comment, or a placeholder outside of them.
_TOKEN = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|--[^\n]*|/\*.*?\*/|(\?)", re.DOTALL)

_ATHENA_TYPES = {
    "VARCHAR": "varchar",
    "BIGINT": "bigint",
    "HUGEINT": "bigint",
    "INTEGER": "integer",
    "DOUBLE": "double",
    "BOOLEAN": "boolean",
}


def install():
    handle, start = athena.handle_request, athena._start_query_execution

    async def handle_request(method, path, headers, body, query_params):
        _access_key.set(extract_access_key_id(headers, query_params))
        return await handle(method, path, headers, body, query_params)

    athena.handle_request = handle_request
    athena._start_query_execution = lambda data: _start(data, start)
    athena._run_duckdb = _run
    athena._save_query_results = _save


def _start(data, start):
    token = data.get("ClientRequestToken")
    request = json.dumps(data, sort_keys=True)
    if token in _executions_by_token:
        known, query_id = _executions_by_token[token]
        if known != request:
            return _refuse("Idempotent parameters do not match")
        return athena.json_response({"QueryExecutionId": query_id})
    try:
        sql = bind(data["QueryString"], data.get("ExecutionParameters") or [])
        configuration = athena._workgroups[data["WorkGroup"]]["Configuration"]
        location = configuration["ResultConfiguration"]["OutputLocation"]
        rights.require_results(_access_key.get(), location)
    except (ValueError, PermissionError) as error:
        return _refuse(str(error))
    status, headers, body = start({**data, "QueryString": sql})
    if token and status == 200:
        _executions_by_token[token] = (request, json.loads(body)["QueryExecutionId"])
    return status, headers, body


def _refuse(message):
    return athena.error_response_json("InvalidRequestException", message, 400)


def bind(sql, parameters):
    """Puts each parameter, a literal as Athena takes them, in the place of its `?`."""
    rest = list(parameters)

    def fill(match):
        if not match[1]:
            return match[0]
        if not rest:
            raise ValueError(f"Incorrect number of parameters: {len(parameters)} given, more expected")
        return rest.pop(0)

    bound = _TOKEN.sub(fill, sql)
    if rest:
        raise ValueError(f"Incorrect number of parameters: {len(parameters)} given, {len(rest)} too many")
    return bound


async def _run(query, database, catalog=None):
    rights.require(_access_key.get(), database, tables.referenced(query, database))
    return await asyncio.to_thread(_run_blocking, query, database)


def _run_blocking(query, database):
    connection = duckdb.connect(":memory:")
    try:
        with open(os.environ["EMULATOR_SQL_BRIDGE"], encoding="utf-8") as bridge:
            connection.execute(bridge.read())
        with tables.attached(connection, query, database):
            result = connection.execute(query)
            return {
                "columns": [column[0] for column in result.description],
                "column_types": [_athena_type(str(column[1])) for column in result.description],
                "rows": [[_cell(value) for value in row] for row in result.fetchall()],
            }
    finally:
        connection.close()


def _athena_type(duckdb_type):
    return "array" if duckdb_type.endswith("[]") else _ATHENA_TYPES.get(duckdb_type, "varchar")


def _cell(value):
    if isinstance(value, list):
        return "[" + ", ".join(str(_cell(item)) for item in value) + "]"
    if isinstance(value, datetime.datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]
    return value


async def _save(query_id):
    """Writes the result where the execution says, as Athena does: every value quoted, NULL nothing."""
    execution = athena._executions[query_id]
    bucket, key = execution["ResultConfiguration"]["OutputLocation"].removeprefix("s3://").split("/", 1)
    lines = [execution["_results"]["columns"], *execution["_results"]["rows"]]
    text = "".join(",".join(map(_field, line)) + "\n" for line in lines)
    s3._put_object(bucket, key, text.encode(), {"content-type": "application/octet-stream"})


def _field(value):
    return "" if value is None else '"' + athena._datum_text(value).replace('"', '""') + '"'
