"""Taking in the files of a delivery: guard, read, flag, set aside, replace what they correct, record."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from lake.deliveries.contract import Contract
from lake.deliveries.delivery import DeliveredFile, DeliveryLoad
from lake.deliveries.read import prepare_tables, read_file
from lake.deliveries.settle import put_in_lake, reread_parts, settle_duplicates
from lake.deliveries.tell import as_record, report_unread, set_aside
from lake.engine import connect
from lake.errors import RefusedInputError
from lake.files import hash_file
from lake.intake import Intake
from lake.ledger import Ledger, open_ledger
from lake.profile import FileProfile
from lake.staging import recover


def load_delivery(
    paths: Sequence[Path],
    *,
    contract: Contract,
    intake: Intake,
    profile: FileProfile,
    again: bool = False,
) -> DeliveryLoad:
    """Take in the files of one delivery.

    Files given together are parts of one delivery: rows of the same operator and interval are put together. A later
    delivery for an operator and interval replaces what was there. A file taken in before changes nothing.

    Args:
        paths: the files.
        contract: what they hold.
        intake: where to, when, by whom.
        profile: how to read them.
        again: read files anew that were taken in before, e.g. after what they were waiting for.

    Returns:
        What became of each file. Refused files do not keep the others out.
    """
    recover(intake.home)
    stage = contract.stage.name
    with open_ledger(intake.ledger_url) as ledger, connect(intake.engine) as connection:
        files = [_look_up(ledger, n, path, stage=stage, profile=profile, again=again) for n, path in enumerate(paths)]
        if all(file.earlier for file in files):
            return DeliveryLoad(files=tuple(report_unread(file) for file in files))
        prepare_tables(connection, contract, intake=intake)
        files = [read_file(connection, file, contract=contract, intake=intake, profile=profile) for file in files]
        reread_parts(connection, files, contract=contract, intake=intake, profile=profile)
        settle_duplicates(connection, contract)
        reports = [set_aside(connection, file, contract=contract, intake=intake) for file in files]
        load = put_in_lake(connection, contract, intake=intake)
        for file, report in zip(files, reports, strict=True):
            if file.earlier is None:
                record = as_record(connection, file, report, contract=contract, intake=intake, profile=profile)
                ledger.record(record)
        return replace(load, files=tuple(reports))


def _look_up(
    ledger: Ledger, number: int, path: Path, *, stage: str, profile: FileProfile, again: bool
) -> DeliveredFile:
    try:
        sha256 = hash_file(path)
    except RefusedInputError as error:
        return DeliveredFile(number=number, path=path, sha256="", refusal=str(error))
    earlier = None if again else ledger.accepted(stage, sha256=sha256, reading=profile.fingerprint())
    return DeliveredFile(number=number, path=path, sha256=sha256, earlier=earlier)
