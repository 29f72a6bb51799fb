"""GuardDuty: detectors and their features."""

from __future__ import annotations

from sandbox.provider.calls import Context
from sandbox.provider.rows import Call, Inputs, Stays, row


def detector_feature(context: Context, inputs: Inputs) -> Inputs:
    """One feature is a list of one."""
    feature = {k: v for k, v in inputs.items() if k in ("name", "status", "additionalConfigurations")}
    return {"detectorId": inputs["detectorId"], "features": [feature]}


row(
    "guardduty/detector:Detector",
    "guardduty.create_detector",
    id="DetectorId",
    read="get_detector(DetectorId={id}).@",
    out="arn=arn:{p}:guardduty:{r}:{a}:detector/{id} accountId={a}",
    const={"Enable": True},
    delete="delete_detector(DetectorId={id})",
    update=(Call("update_detector", "DetectorId={id}", "enable findingPublishingFrequency"),),
)
row(
    "guardduty/detectorFeature:DetectorFeature",
    "guardduty.update_detector",
    id="{detectorId}/{name}",
    read="get_detector(DetectorId={detectorId}).Features[?Name=='{name}']|[0]",
    pre=detector_feature,
    put=True,
    keeps="all features of a detector but the last",
    delete=Stays("AWS deletes the features of a detector only together with it"),
    replace="detectorId name",
)
