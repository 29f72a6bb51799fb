"""Changes by hand to roles, managed policies and identity providers."""

from __future__ import annotations

import json

from tests.ops.checks.verify.attachments.plants.plant import (
    STRANGE_ROLE,
    Plant,
    all_of,
    allowing,
    answered,
    global_backend,
    made,
    policy,
)
from tests.ops.live import Live, Undo

ROLE, POLICY, PROVIDER = (
    "aws:iam/role:Role",
    "aws:iam/policy:Policy",
    "aws:iam/openIdConnectProvider:OpenIdConnectProvider",
)
TASK, DEPLOY = "aiponge-task-user", "aiponge-deploy"
BOUNDARY = "arn:aws:iam::222233334444:policy/aiponge-deploy-boundary"
ALL = policy({"Effect": "Allow", "Action": "*", "Resource": "*"})


def _boundary(live: Live) -> Undo:
    client = live.client("iam")
    client.delete_role_permissions_boundary(RoleName=DEPLOY)
    return lambda: client.put_role_permissions_boundary(RoleName=DEPLOY, PermissionsBoundary=BOUNDARY)


def _trust(live: Live) -> Undo:
    client = live.client("iam")
    before = json.dumps(client.get_role(RoleName=TASK)["Role"]["AssumeRolePolicyDocument"])
    statement = {key: value for key, value in allowing("sts:AssumeRole").items() if key != "Resource"}
    document = json.loads(before)
    after = json.dumps({**document, "Statement": [*document["Statement"], statement]})
    client.update_assume_role_policy(RoleName=TASK, PolicyDocument=after)
    return lambda: client.update_assume_role_policy(RoleName=TASK, PolicyDocument=before)


def _version(live: Live) -> Undo:
    client = live.client("iam")
    version = client.create_policy_version(PolicyArn=BOUNDARY, PolicyDocument=ALL)["PolicyVersion"][
        "VersionId"
    ]
    return lambda: client.delete_policy_version(PolicyArn=BOUNDARY, VersionId=version)


def _audience(live: Live) -> Undo:
    providers = global_backend(live, "iam").open_id_providers
    (provider,) = (one for one in providers.values() if "githubusercontent" in one.arn)
    provider.client_id_list.append("elsewhere")
    return lambda: provider.client_id_list.remove("elsewhere")


PLANTS = (
    Plant(
        ROLE,
        "inline policy",
        made(
            "iam",
            "put_role_policy",
            "delete_role_policy",
            "RoleName",
            "PolicyName",
            RoleName=TASK,
            PolicyName="by-hand",
            PolicyDocument=ALL,
        ),
        "has the undeclared policy by-hand",
    ),
    Plant(
        ROLE,
        "managed policy",
        made(
            "iam",
            "attach_role_policy",
            "detach_role_policy",
            "RoleName",
            "PolicyArn",
            RoleName=TASK,
            PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess",
        ),
        "has the undeclared managed policy arn:aws:iam::aws:policy/ReadOnlyAccess",
    ),
    Plant(ROLE, "permissions boundary", _boundary, "is none, declared is aiponge-deploy-boundary"),
    Plant(ROLE, "trust", _trust, f"may be assumed by {STRANGE_ROLE}, declared is ecs-tasks.amazonaws.com"),
    Plant(
        ROLE,
        "instance profile",
        all_of(
            made(
                "iam",
                "create_instance_profile",
                "delete_instance_profile",
                "InstanceProfileName",
                InstanceProfileName="by-hand",
            ),
            made(
                "iam",
                "add_role_to_instance_profile",
                "remove_role_from_instance_profile",
                "InstanceProfileName",
                "RoleName",
                InstanceProfileName="by-hand",
                RoleName=TASK,
            ),
        ),
        "is in the undeclared instance profile by-hand",
    ),
    Plant(POLICY, "version", _version, "has the version v2, which is newer than its default"),
    Plant(
        POLICY,
        "holder",
        all_of(
            made("iam", "create_user", "delete_user", "UserName", UserName="by-hand"),
            made(
                "iam",
                "attach_user_policy",
                "detach_user_policy",
                "UserName",
                "PolicyArn",
                UserName="by-hand",
                PolicyArn=BOUNDARY,
            ),
        ),
        "is attached to user by-hand",
    ),
    Plant(PROVIDER, "audience", _audience, "accepts tokens for the undeclared audience elsewhere"),
    Plant(
        PROVIDER,
        "other identity provider",
        answered(
            "iam",
            "create_open_id_connect_provider",
            "delete_open_id_connect_provider",
            "OpenIDConnectProviderArn",
            Url="https://elsewhere.example.com",
            ClientIDList=["x"],
            ThumbprintList=["0" * 40],
        ),
        "the undeclared identity provider arn:aws:iam::222233334444:oidc-provider/elsewhere",
    ),
)
