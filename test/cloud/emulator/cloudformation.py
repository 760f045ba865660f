"""What ministack's CloudFormation lacks: named queries, and HTTP API CORS in the API's own spelling."""

import json

from ministack.services import athena
from ministack.services.cloudformation.provisioners import _RESOURCE_HANDLERS


def install():
    _RESOURCE_HANDLERS["AWS::Athena::NamedQuery"] = {
        "create": _create_named_query,
        "delete": lambda query_id, props: athena._delete_named_query({"NamedQueryId": query_id}),
    }
    api = _RESOURCE_HANDLERS["AWS::ApiGatewayV2::Api"]
    for action in ("create", "update"):
        api[action] = _with_cors_spelling(api[action])


def _create_named_query(logical_id, props, stack_name):
    status, _, body = athena._create_named_query(props)
    if status != 200:
        raise RuntimeError(f"named query refused: {body}")
    query_id = json.loads(body)["NamedQueryId"]
    return query_id, {"NamedQueryId": query_id}


def _with_cors_spelling(handler):
    """CloudFormation says AllowOrigins, the API itself allowOrigins; ministack keeps what it is given."""

    def respelt(value):
        if not isinstance(value, dict) or "CorsConfiguration" not in value:
            return value
        cors = {key[0].lower() + key[1:]: item for key, item in value["CorsConfiguration"].items()}
        return {**value, "CorsConfiguration": cors}

    return lambda *args, **kwargs: handler(*map(respelt, args), **kwargs)
