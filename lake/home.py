"""The folder that holds everything Kerumun keeps."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Home:
    """Where the parts of one installation lie, all below one folder (`KERUMUN_HOME`)."""

    root: Path

    @property
    def lake(self) -> Path:
        """Hive-partitioned Parquet, one folder per stage."""
        return self.root / "lake"

    @property
    def quarantine(self) -> Path:
        """Rows that did not fit, with their reasons."""
        return self.root / "quarantine"

    @property
    def inbox(self) -> Path:
        """Where operators drop count files."""
        return self.root / "inbox"

    @property
    def profiles(self) -> Path:
        """How to read the files of an inbox folder of the same name."""
        return self.root / "profiles"

    @property
    def locks(self) -> Path:
        """Lock files; the kernel releases them when their process dies."""
        return self.root / "locks"

    @property
    def temporary(self) -> Path:
        """Where DuckDB spills what does not fit its memory."""
        return self.root / "tmp"

    @property
    def prefect(self) -> Path:
        """Prefect's own database and logs."""
        return self.root / "prefect"

    @property
    def ledger_url(self) -> str:
        """SQLAlchemy URL of the default ledger."""
        return f"sqlite:///{self.root / 'ledger.sqlite'}"
