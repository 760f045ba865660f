"""Rights as Athena checks them: it reads Glue and S3 as its caller, and every query has a workgroup."""

import json

import tables

from ministack.core import iam_actions
from ministack.core.iam_evaluator import EvalContext, _gather_role_policies, enforce, evaluate
from ministack.core.responses import get_account_id, get_region
from ministack.services import athena


def install():
    """Requests that name a query are about the workgroup of the query; ministack takes them for `*`."""
    extract = iam_actions.extract_resource_arn

    def extract_resource_arn(service, method, path, headers, body, *rest):
        workgroup = _workgroup_of(body) if service == "athena" else None
        if workgroup:
            return f"arn:aws:athena:{get_region()}:{get_account_id()}:workgroup/{workgroup}"
        return extract(service, method, path, headers, body, *rest)

    iam_actions.extract_resource_arn = extract_resource_arn


def _workgroup_of(body):
    request = json.loads(body or "{}")
    if execution := athena._executions.get(request.get("QueryExecutionId")):
        return execution["WorkGroup"]
    named = request.get("NamedQueryIds") or [request.get("NamedQueryId")]
    return athena._named_queries.get(named[0], {}).get("WorkGroup")


def require_poller(role_arn, queue_arn):
    """Raises PermissionError unless the role lets Lambda take messages from the queue for its function."""
    account, role = get_account_id(), role_arn.rsplit("/", 1)[-1]
    policies = _gather_role_policies(role, account)
    for action in ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"):
        context = EvalContext(role_arn, "AssumedRole", account, action, queue_arn, get_region())
        if evaluate(context, policies).decision != "Allow":
            raise PermissionError(f"The provided execution role does not have permissions to call {action}")


def require_results(access_key, location):
    """Raises PermissionError unless the caller may do what AWS's policies for Athena have for results."""
    bucket, _, prefix = location.removeprefix("s3://").partition("/")
    arn = f"arn:aws:s3:::{bucket}"
    for action in ("s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"):
        _require(access_key, action, "s3", arn)
    for action in ("s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"):
        _require(access_key, action, "s3", f"{arn}/{prefix}x")


def require(access_key, database, referenced):
    """Raises PermissionError unless the caller may read the tables' definitions and their files."""
    region, account = get_region(), get_account_id()
    glue = f"arn:aws:glue:{region}:{account}"
    _require(access_key, "glue:GetDatabase", "glue", f"{glue}:database/{database}")
    for resource in ("catalog", "database/default"):
        for action in ("glue:GetDatabase", "glue:CreateDatabase"):
            _require(access_key, action, "glue", f"{glue}:{resource}")
    for name, table in referenced.items():
        _require(access_key, "glue:GetTable", "glue", f"{glue}:table/{database}/{name}")
        if tables.is_view(table):
            continue
        bucket, prefix = tables.locations(table)
        arn = f"arn:aws:s3:::{bucket}"
        _require(access_key, "s3:GetBucketLocation", "s3", arn)
        _require(access_key, "s3:ListBucket", "s3", arn, {"s3:prefix": prefix})
        _require(access_key, "s3:GetObject", "s3", f"{arn}/{prefix}x")


def _require(access_key, action, service, arn, context=None):
    denied = enforce(access_key, action, service, get_region(), resource_arn=arn, service_context=context)
    if denied is not None:
        raise PermissionError(f"Access denied: the caller may not {action} on {arn}")
