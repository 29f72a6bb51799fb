"""EC2: instances, launch templates, and the account's defaults for metadata and volumes."""

from __future__ import annotations

import base64

from sandbox.provider.calls import Context
from sandbox.provider.rows import Call, Inputs, Row, made_again, row
from sandbox.provider.shapes import convert, renames

TEMPLATE_RENAMES = "vpcSecurityGroupIds:SecurityGroupIds iamInstanceProfile.arn:Arn"
TOP_OF_TEMPLATE = ("name", "tags", "description", "updateDefaultVersion", "defaultVersion")


def _profile(inputs: Inputs) -> Inputs:
    profile = inputs.get("iamInstanceProfile")
    if isinstance(profile, str):
        return {**inputs, "iamInstanceProfile": {"arn" if profile.startswith("arn:") else "name": profile}}
    return inputs


def _device(name: str, device: Inputs) -> Inputs:
    body = {key: value for key, value in device.items() if key not in ("deviceName", "tags", "volumeId")}
    return {"deviceName": device.get("deviceName", name), "ebs": body}


def instance(context: Context, inputs: Inputs) -> Inputs:
    """Volumes, profile and a public address are nested differently in the API."""
    body = _profile(dict(inputs))
    if isinstance(body.get("userDataBase64"), str):  # boto3 encodes UserData itself
        body["userData"] = base64.b64decode(body.pop("userDataBase64")).decode()
    devices = [_device("/dev/sda1", body.pop("rootBlockDevice"))] if body.get("rootBlockDevice") else []
    devices += [_device("/dev/sdf", device) for device in body.pop("ebsBlockDevices", [])]
    if devices:
        body["blockDeviceMappings"] = devices
    if "associatePublicIpAddress" in body:  # only a network interface has it
        interface = {
            "deviceIndex": 0,
            "associatePublicIpAddress": body.pop("associatePublicIpAddress"),
            "subnetId": body.pop("subnetId", None),
            "groups": body.pop("vpcSecurityGroupIds", []),
        }
        body["networkInterfaces"] = [{k: v for k, v in interface.items() if v is not None}]
    return body


def _template_data(inputs: Inputs) -> Inputs:
    body = {key: value for key, value in inputs.items() if key not in (*TOP_OF_TEMPLATE, "tagsAll", "region")}
    if "networkInterfaces" in body:
        body["networkInterfaces"] = [_interface(one) for one in body["networkInterfaces"]]
    return _profile(body)


def _interface(interface: Inputs) -> Inputs:
    """The API calls an interface's security groups just groups."""
    return {"groups" if key == "securityGroups" else key: value for key, value in interface.items()}


def launch_template(context: Context, inputs: Inputs) -> Inputs:
    """All properties but the name are the template's data."""
    top = {key: inputs[key] for key in ("name", "tags") if key in inputs}
    note = {"versionDescription": inputs["description"]} if "description" in inputs else {}
    return {**top, "launchTemplateData": _template_data(inputs), **note}


def launch_template_version(context: Context, id_: str, old: Inputs, new: Inputs, have: Inputs) -> Inputs:
    """Create a new version, and make it the default if the template says so."""
    shape = context.shape("ec2.create_launch_template_version").members["LaunchTemplateData"]
    data = convert(shape, _template_data(new), renames(TEMPLATE_RENAMES))
    made = context.send(
        "ec2.create_launch_template_version", {"LaunchTemplateId": id_, "LaunchTemplateData": data}
    )
    if new.get("updateDefaultVersion"):
        version = str(made["LaunchTemplateVersion"]["VersionNumber"])
        context.send("ec2.modify_launch_template", {"LaunchTemplateId": id_, "DefaultVersion": version})
    return {}


def metadata_defaults(context: Context, row: Row, inputs: Inputs) -> tuple[str, Inputs]:
    """Set the account's instance metadata defaults."""
    context.call(row.op, {key: value for key, value in inputs.items() if key != "region"})
    return context.region, {}


def metadata_defaults_change(context: Context, id_: str, old: Inputs, new: Inputs, have: Inputs) -> None:
    """Set all defaults with one call."""
    context.call("ec2.modify_instance_metadata_defaults", {k: v for k, v in new.items() if k != "region"})


def reset_metadata_defaults(context: Context, id_: str, have: Inputs) -> None:
    """Take back every default of the account."""
    none = "no-preference"
    params = {"HttpEndpoint": none, "HttpTokens": none, "InstanceMetadataTags": none}
    context.send("ec2.modify_instance_metadata_defaults", {**params, "HttpPutResponseHopLimit": -1})


def encryption_by_default(context: Context, row: Row, inputs: Inputs) -> tuple[str, Inputs]:
    """Enable or disable EBS encryption by default."""
    on = inputs.get("enabled", True)
    context.send(f"ec2.{'enable' if on else 'disable'}_ebs_encryption_by_default", {})
    return context.region, {}


def disable_encryption_by_default(context: Context, id_: str, have: Inputs) -> None:
    """Disable it, as a new account has it."""
    context.send("ec2.disable_ebs_encryption_by_default", {})


row(
    "ec2/instance:Instance",
    "ec2.run_instances",
    id="Instances[0].InstanceId",
    read="describe_instances(InstanceIds=[{id}]).Reservations[0].Instances[0]",
    out=(
        "arn=arn:{p}:{s}:{r}:{a}:instance/{id} privateIp:PrivateIpAddress publicIp:PublicIpAddress "
        "privateDns:PrivateDnsName publicDns:PublicDnsName instanceState:State.Name "
        "primaryNetworkInterfaceId:NetworkInterfaces[0].NetworkInterfaceId "
        "availabilityZone:Placement.AvailabilityZone"
    ),
    rename=(
        "ami:ImageId vpcSecurityGroupIds:SecurityGroupIds launchTemplate.id:LaunchTemplateId "
        "launchTemplate.name:LaunchTemplateName"
    ),
    skip="userDataReplaceOnChange forceDestroy",
    const={"MinCount": 1, "MaxCount": 1},
    pre=instance,
    after=(
        Call("modify_instance_attribute", "InstanceId={id}", "disableApiTermination"),
        Call("modify_instance_attribute", "InstanceId={id}", "sourceDestCheck"),
    ),
    delete="terminate_instances(InstanceIds=[{id}])",
    replace=(
        "ami subnetId userData userDataBase64 instanceType iamInstanceProfile launchTemplate rootBlockDevice"
    ),
)
row(
    "ec2/launchTemplate:LaunchTemplate",
    "ec2.create_launch_template",
    id="LaunchTemplate.LaunchTemplateId",
    read="describe_launch_templates(LaunchTemplateIds=[{id}]).LaunchTemplates[0]",
    out=(
        "arn=arn:{p}:{s}:{r}:{a}:launch-template/{id} latestVersion:LatestVersionNumber "
        "defaultVersion:DefaultVersionNumber"
    ),
    name="name",
    rename=(
        "name:LaunchTemplateName launchTemplateData.vpcSecurityGroupIds:SecurityGroupIds "
        "launchTemplateData.iamInstanceProfile.arn:Arn"
    ),
    pre=launch_template,
    delete="delete_launch_template(LaunchTemplateId={id})",
    change=launch_template_version,
    changes="*",
    replace="name",
    volatile="latestVersion defaultVersion",
)
row(
    "ec2/instanceMetadataDefaults:InstanceMetadataDefaults",
    "ec2.modify_instance_metadata_defaults",
    make=metadata_defaults,
    delete=reset_metadata_defaults,
    change=metadata_defaults_change,
    changes="*",
    missing_operation="modify_instance_metadata_defaults",
    tags="none",
)
row(
    "ebs/encryptionByDefault:EncryptionByDefault",
    "ec2.enable_ebs_encryption_by_default",
    make=encryption_by_default,
    delete=disable_encryption_by_default,
    change=made_again(encryption_by_default),
    changes="enabled",
    tags="none",
)
