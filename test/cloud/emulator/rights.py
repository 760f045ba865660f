"""Athena reads Glue and S3 with the rights of its caller; ministack asks nobody. This asks IAM."""

import tables

from ministack.core.iam_evaluator import enforce
from ministack.core.responses import get_account_id, get_region


def require(access_key, database, referenced):
    """Raises PermissionError unless the caller may read the tables' definitions and their files."""
    region, account = get_region(), get_account_id()
    glue = f"arn:aws:glue:{region}:{account}"
    _require(access_key, "glue:GetDatabase", "glue", f"{glue}:database/{database}")
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
