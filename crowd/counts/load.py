"""Taking in count files."""

from collections.abc import Sequence
from pathlib import Path

from crowd.counts.contract import CountsContract
from lake.deliveries import DeliveryLoad, load_delivery
from lake.intake import Intake
from lake.profile import FileProfile


def load_counts(
    paths: Sequence[Path],
    *,
    intake: Intake,
    profile: FileProfile,
    max_devices: int,
    again: bool = False,
) -> DeliveryLoad:
    """Take in the count files of one delivery, as `lake.deliveries` says.

    Args:
        paths: the files.
        intake: where to, when, by whom.
        profile: how to read them.
        max_devices: a higher count is implausible.
        again: read files anew that were taken in before, e.g. after the cell plan they were waiting for.

    Returns:
        What became of each file. Refused files do not keep the others out.
    """
    contract = CountsContract(max_devices)
    return load_delivery(paths, contract=contract, intake=intake, profile=profile, again=again)
