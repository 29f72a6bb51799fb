"""Application Auto Scaling: scalable targets and policies."""

from __future__ import annotations

from sandbox.provider.rows import row

row(
    "appautoscaling/target:Target",
    "application-autoscaling.register_scalable_target",
    id="{resourceId}",
    read="describe_scalable_targets(ServiceNamespace={serviceNamespace},ResourceIds=[{resourceId}]).ScalableTargets[0]",
    out="arn:ScalableTargetARN roleArn:RoleARN",
    rename="roleArn:RoleARN",
    put=True,
    delete="deregister_scalable_target(ServiceNamespace={serviceNamespace},ResourceId={resourceId},ScalableDimension={scalableDimension})",
    replace="resourceId scalableDimension serviceNamespace",
)
row(
    "appautoscaling/policy:Policy",
    "application-autoscaling.put_scaling_policy",
    id="{name}",
    read="describe_scaling_policies(ServiceNamespace={serviceNamespace},PolicyNames=[{name}]).ScalingPolicies[0]",
    out="arn:PolicyARN",
    name="name",
    rename="name:PolicyName",
    put=True,
    delete="delete_scaling_policy(PolicyName={name},ServiceNamespace={serviceNamespace},ResourceId={resourceId},ScalableDimension={scalableDimension})",
    replace="name resourceId scalableDimension serviceNamespace",
)
