"""Changes by hand to buckets."""

from __future__ import annotations

import json
from typing import Any

from moto.s3.models import NotificationConfiguration

from tests.ops.checks.verify.attachments.plants.plant import (
    STRANGER,
    Plant,
    allowing,
    global_backend,
    made,
    policy,
)
from tests.ops.live import Live, Undo

BUCKET = "aws:s3/bucket:Bucket"
NAME = "aiponge-config-222233334444-eu-west-1"
ELSEWHERE = "arn:aws:s3:::elsewhere-by-hand"


def _policy(live: Live) -> Undo:
    client = live.client("s3")
    before = client.get_bucket_policy(Bucket=NAME)["Policy"]
    document = json.loads(before)
    more = allowing("s3:GetObject", f"arn:aws:s3:::{NAME}/*")
    client.put_bucket_policy(Bucket=NAME, Policy=policy(*document["Statement"], more))
    return lambda: client.put_bucket_policy(Bucket=NAME, Policy=before)


def _acl(live: Live) -> Undo:
    client = live.client("s3")
    client.put_bucket_acl(Bucket=NAME, ACL="public-read")
    return lambda: client.put_bucket_acl(Bucket=NAME, ACL="private")


def _replication(live: Live) -> Undo:
    client = live.client("s3")
    rule = {
        "ID": "by-hand",
        "Status": "Enabled",
        "Prefix": "",
        "Destination": {"Bucket": ELSEWHERE, "Account": STRANGER},
    }
    client.put_bucket_replication(
        Bucket=NAME,
        ReplicationConfiguration={"Role": f"arn:aws:iam::{STRANGER}:role/x", "Rules": [rule]},
    )
    return lambda: client.delete_bucket_replication(Bucket=NAME)


def _notification(live: Live) -> Undo:
    stored = global_backend(live, "s3").buckets[NAME]
    before, target = stored.notification_configuration, f"arn:aws:sqs:eu-west-1:{STRANGER}:x"
    # moto sends a test message, which only an own queue can take.
    queue = [{"Queue": target, "Event": ["s3:ObjectCreated:*"]}]
    stored.notification_configuration = NotificationConfiguration(queue=queue)
    return lambda: setattr(stored, "notification_configuration", before)


INVENTORY: dict[str, Any] = {
    "Id": "by-hand",
    "IsEnabled": True,
    "IncludedObjectVersions": "All",
    "Schedule": {"Frequency": "Daily"},
    "Destination": {"S3BucketDestination": {"Bucket": ELSEWHERE, "Format": "CSV", "AccountId": STRANGER}},
}


def _inventory(live: Live) -> Undo:
    client = live.client("s3")
    client.put_bucket_inventory_configuration(Bucket=NAME, Id="by-hand", InventoryConfiguration=INVENTORY)
    stored = global_backend(live, "s3").buckets[NAME].inventory_configs
    return lambda: stored.pop("by-hand")


def _lifecycle(live: Live) -> Undo:
    client = live.client("s3")
    before = client.get_bucket_lifecycle_configuration(Bucket=NAME)["Rules"]
    rule = {"ID": "by-hand", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 1}}

    def put(*rules: Any) -> None:
        client.put_bucket_lifecycle_configuration(Bucket=NAME, LifecycleConfiguration={"Rules": [*rules]})

    put(*before, rule)
    return lambda: put(*before)


def _logging(live: Live) -> Undo:
    stored = global_backend(live, "s3").buckets[NAME]
    live.touched.add("s3")
    before = stored.logging
    stored.logging = {**before, "TargetBucket": "elsewhere-by-hand"}
    return lambda: setattr(stored, "logging", before)


PLANTS = (
    Plant(BUCKET, "bucket policy", _policy, f"its policy lets arn:aws:iam::{STRANGER}:role/x in"),
    Plant(BUCKET, "ACL", _acl, "its ACL gives READ to http://acs.amazonaws.com/groups/global/AllUsers"),
    Plant(
        BUCKET,
        "access point",
        made(
            "s3control",
            "create_access_point",
            "delete_access_point",
            "AccountId",
            "Name",
            AccountId="222233334444",
            Name="by-hand",
            Bucket=NAME,
        ),
        "has the undeclared access point by-hand",
    ),
    Plant(BUCKET, "replication", _replication, f"its objects are replicated to {ELSEWHERE}"),
    Plant(BUCKET, "notification", _notification, f"are sent to arn:aws:sqs:eu-west-1:{STRANGER}:x"),
    Plant(BUCKET, "inventory", _inventory, "the inventory by-hand lists its objects in another bucket"),
    Plant(
        BUCKET,
        "website",
        made(
            "s3",
            "put_bucket_website",
            "delete_bucket_website",
            "Bucket",
            Bucket=NAME,
            WebsiteConfiguration={"IndexDocument": {"Suffix": "index.html"}},
        ),
        "is served as a website",
    ),
    Plant(
        BUCKET,
        "CORS rule",
        made(
            "s3",
            "put_bucket_cors",
            "delete_bucket_cors",
            "Bucket",
            Bucket=NAME,
            CORSConfiguration={"CORSRules": [{"AllowedMethods": ["GET"], "AllowedOrigins": ["*"]}]},
        ),
        "lets the pages of ['*'] read it",
    ),
    Plant(BUCKET, "lifecycle rule", _lifecycle, "has the undeclared lifecycle rule by-hand"),
    Plant(BUCKET, "access log elsewhere", _logging, "its access log is written to elsewhere-by-hand"),
)
