"""Auto Scaling: instances of a group get what its launch template declares, of which moto takes a part."""

from __future__ import annotations

from typing import Any


def install() -> None:
    """Apply the launch template to each instance that a group starts."""
    from moto.autoscaling.models import FakeAutoScalingGroup

    original = FakeAutoScalingGroup.replace_autoscaling_group_instances

    def start(self: Any, count_needed: int, propagated_tags: dict[str, str]) -> None:
        there = len(self.instance_states)
        original(self, count_needed, propagated_tags)
        template = self.ec2_launch_template
        if template is not None:
            data = template.get_version(self.launch_template_version).data
            for state in self.instance_states[there:]:
                _apply(state.instance, data)

    FakeAutoScalingGroup.replace_autoscaling_group_instances = start  # type: ignore[method-assign]


def _apply(instance: Any, data: dict[str, Any]) -> None:
    from moto.ec2.models.instances import MetadataOptions

    if "MetadataOptions" in data:
        instance.metadata_options = MetadataOptions(data["MetadataOptions"])
    if data.get("Monitoring", {}).get("Enabled"):
        instance.monitoring_state = "enabled"
    if profile := data.get("IamInstanceProfile"):
        instance.ec2_backend.associate_iam_instance_profile(
            instance.id, profile.get("Name"), profile.get("Arn")
        )
    for device in data.get("BlockDeviceMappings", []):
        _encrypt(instance, device["DeviceName"], device.get("Ebs", {}))


def _encrypt(instance: Any, name: str, declared: dict[str, Any]) -> None:
    """Give the volume its encryption, and drop the root volume that moto creates beside a declared one."""
    if name not in instance.block_device_mapping:
        return
    volumes, id_ = instance.ec2_backend.volumes, instance.block_device_mapping[name].volume_id
    volumes[id_].encrypted = bool(declared.get("Encrypted"))
    volumes[id_].kms_key_id = declared.get("KmsKeyId")
    for other in [*volumes]:
        attachment = volumes[other].attachment
        if other != id_ and attachment and attachment.instance is instance and attachment.device == name:
            del volumes[other]
