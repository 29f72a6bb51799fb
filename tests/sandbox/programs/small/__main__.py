"""A key, a rotated secret, a network and a role: enough resources for each kind of update."""

import json

import pulumi
import pulumi_aws as aws
import pulumi_random as random

config = pulumi.Config()
generation = config.require_int("generation")
provider = aws.Provider(
    "aws",
    region=config.require("region"),
    allowed_account_ids=[config.require("accountId")],
    default_tags={"tags": {"App": "toy"}},
)
own = pulumi.ResourceOptions(provider=provider)
key = aws.kms.Key("data", description=config.get("description") or "data", enable_key_rotation=True, opts=own)
vpc = aws.ec2.Vpc("main", cidr_block="10.0.0.0/16", enable_dns_hostnames=True, opts=own)
subnet = aws.ec2.Subnet("a", vpc_id=vpc.id, cidr_block="10.0.1.0/24", opts=own)
password = random.RandomPassword(f"password-{generation}", length=32, special=False)
secret = aws.secretsmanager.Secret("token", name="toy/token", kms_key_id=key.arn, opts=own)
version = aws.secretsmanager.SecretVersion(
    "token", secret_id=secret.id, secret_string=password.result, opts=own
)
role = aws.iam.Role(
    "reader",
    name="toy-reader",
    assume_role_policy=json.dumps({"Version": "2012-10-17", "Statement": []}),
    opts=own,
)
aws.iam.RolePolicy(
    "read",
    name="read",
    role=role.name,
    policy=pulumi.Output.json_dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": secret.arn}
            ],
        }
    ),
    opts=own,
)
pulumi.export("vpcId", vpc.id)
pulumi.export("secretArn", secret.arn)
pulumi.export("versionId", version.version_id)
pulumi.export("password", password.result)
