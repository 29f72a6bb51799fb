"""GuardDuty: detectors and their features."""

from __future__ import annotations

from sandbox.provider.calls import Context
from sandbox.provider.rows import Call, Inputs, Stays, row


def detector_feature(context: Context, inputs: Inputs) -> Inputs:
    """One feature is a list of one."""
    feature = {k: v for k, v in inputs.items() if k in ("name", "status", "additionalConfigurations")}
    return {"detectorId": inputs["detectorId"], "features": [feature]}


def read_feature(context: Context, id_: str, have: Inputs) -> Inputs | None:
    """Read a feature with every configuration that GuardDuty returns of it."""
    detector, _, name = id_.partition("/")
    found = context.send("guardduty.get_detector", {"DetectorId": detector})["Features"]
    feature = next((one for one in found if one["Name"] == name), None)
    if feature is None:
        return None
    return {
        "detectorId": detector,
        "name": name,
        "status": feature["Status"],
        "additionalConfigurations": [
            {"name": one["Name"], "status": one["Status"]}
            for one in feature.get("AdditionalConfiguration", [])
        ],
    }


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
    reader=read_feature,
)
