"""Taking in count files: guard, read, flag, set aside, replace what they correct, record."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from crowd.counts.delivery import STAGE, CountsLoad, DeliveredFile
from crowd.counts.read import prepare_tables, read_file
from crowd.counts.settle import put_in_lake, reread_parts, settle_duplicates
from crowd.counts.tell import as_record, report_unread, set_aside
from lake.engine import connect
from lake.errors import RefusedInputError
from lake.files import hash_file
from lake.intake import Intake
from lake.ledger import Ledger, open_ledger
from lake.profile import FileProfile
from lake.staging import recover


def load_counts(
    paths: Sequence[Path],
    *,
    intake: Intake,
    profile: FileProfile,
    max_devices: int,
    again: bool = False,
) -> CountsLoad:
    """Take in the files of one delivery.

    Files given together are parts of one delivery: rows of the same operator and interval are put together. A later
    delivery for an operator and interval replaces what was there. A file taken in before changes nothing.

    Args:
        paths: the files.
        intake: where to, when, by whom.
        profile: how to read them.
        max_devices: a higher count is implausible.
        again: read files anew that were taken in before, e.g. after the cell plan they were waiting for.

    Returns:
        What became of each file. Refused files do not keep the others out.
    """
    recover(intake.home)
    with open_ledger(intake.ledger_url) as ledger, connect(intake.engine) as connection:
        files = [_look_up(ledger, n, path, profile=profile, again=again) for n, path in enumerate(paths)]
        if all(file.earlier for file in files):
            return CountsLoad(files=tuple(report_unread(file) for file in files))
        prepare_tables(connection, intake)
        files = [read_file(connection, file, intake=intake, profile=profile, max_devices=max_devices) for file in files]
        reread_parts(connection, files, intake=intake, profile=profile, max_devices=max_devices)
        settle_duplicates(connection)
        reports = [set_aside(connection, file, intake=intake) for file in files]
        load = put_in_lake(connection, intake)
        for file, report in zip(files, reports, strict=True):
            if file.earlier is None:
                ledger.record(as_record(connection, file, report, intake=intake, profile=profile))
        return replace(load, files=tuple(reports))


def _look_up(ledger: Ledger, number: int, path: Path, *, profile: FileProfile, again: bool) -> DeliveredFile:
    try:
        sha256 = hash_file(path)
    except RefusedInputError as error:
        return DeliveredFile(number=number, path=path, sha256="", refusal=str(error))
    earlier = None if again else ledger.accepted(STAGE, sha256=sha256, reading=profile.fingerprint())
    return DeliveredFile(number=number, path=path, sha256=sha256, earlier=earlier)
