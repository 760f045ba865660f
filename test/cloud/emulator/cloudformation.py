"""What ministack's CloudFormation lacks: named queries, rights of pollers, routes before their settings, CORS
in the API's own spelling, absent texts."""

import json

import rights

from ministack.services import apigateway, athena, glue, lambda_svc
from ministack.services.cloudformation.provisioners import _RESOURCE_HANDLERS


def install():
    _RESOURCE_HANDLERS["AWS::Athena::NamedQuery"] = {
        "create": _create_named_query,
        "delete": lambda query_id, props: athena._delete_named_query({"NamedQueryId": query_id}),
    }
    mapping = _RESOURCE_HANDLERS["AWS::Lambda::EventSourceMapping"]
    mapping["create"] = _with_poller_rights(mapping["create"])
    stage = _RESOURCE_HANDLERS["AWS::ApiGatewayV2::Stage"]
    stage["create"] = _with_known_routes(stage["create"])
    api = _RESOURCE_HANDLERS["AWS::ApiGatewayV2::Api"]
    for action in ("create", "update"):
        api[action] = _with_cors_spelling(api[action])
    glue._create_table = _without_empty_texts(glue._create_table)


def _create_named_query(logical_id, props, stack_name):
    status, _, body = athena._create_named_query(props)
    if status != 200:
        raise RuntimeError(f"named query refused: {body}")
    query_id = json.loads(body)["NamedQueryId"]
    return query_id, {"NamedQueryId": query_id}


def _with_poller_rights(create):
    """Lambda makes no mapping for a function whose role may not read the queue."""

    def create_checked(logical_id, props, stack_name):
        name = props["FunctionName"].rsplit(":", 1)[-1]
        role = lambda_svc._functions[name]["config"]["Role"]
        rights.require_poller(role, props["EventSourceArn"])
        return create(logical_id, props, stack_name)

    return create_checked


def _with_known_routes(create):
    """API Gateway makes no stage with settings for a route that is not there yet."""

    def create_checked(logical_id, props, stack_name):
        routes = apigateway._routes.get(props["ApiId"], {}).values()
        for key in props.get("RouteSettings") or {}:
            if key not in [route["routeKey"] for route in routes]:
                raise RuntimeError(f"Unable to find Route by key {key} within the provided RouteSettings")
        return create(logical_id, props, stack_name)

    return create_checked


def _with_cors_spelling(handler):
    """CloudFormation says AllowOrigins, the API itself allowOrigins; ministack keeps what it is given."""

    def respelt(value):
        if not isinstance(value, dict) or "CorsConfiguration" not in value:
            return value
        cors = {key[0].lower() + key[1:]: item for key, item in value["CorsConfiguration"].items()}
        return {**value, "CorsConfiguration": cors}

    return lambda *args, **kwargs: handler(*map(respelt, args), **kwargs)


def _without_empty_texts(create_table):
    """In AWS what was not given is absent; Trino takes an empty description for a view's comment."""

    def create(data):
        answer = create_table(data)
        if answer[0] == 200:
            table = glue._tables[f"{data['DatabaseName']}/{data['TableInput']['Name']}"]
            for name in [name for name, value in table.items() if value in ("", None)]:
                del table[name]
        return answer

    return create
