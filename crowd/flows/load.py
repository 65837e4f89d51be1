"""Taking in flow files."""

from collections.abc import Sequence
from pathlib import Path

from crowd.flows.contract import FlowsContract
from lake.deliveries import DeliveryLoad, load_delivery
from lake.intake import Intake
from lake.profile import FileProfile


def load_flows(
    paths: Sequence[Path],
    *,
    intake: Intake,
    profile: FileProfile,
    k: int,
    again: bool = False,
) -> DeliveryLoad:
    """Take in the flow files of one delivery, as `lake.deliveries` says.

    All files of a delivery speak of areas of one level: the one that knows most rows of its first file.

    Args:
        paths: the files.
        intake: where to, when, by whom.
        profile: how to read them.
        k: fewest devices that an operator may tell; rows with fewer are set aside without their number.
        again: read files anew that were taken in before, e.g. after the areas they were waiting for.

    Returns:
        What became of each file. Refused files do not keep the others out.
    """
    return load_delivery(paths, contract=FlowsContract(k), intake=intake, profile=profile, again=again)
