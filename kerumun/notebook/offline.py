"""Maps and charts that ask nothing of the internet.

Charts: Altair brings its own way. Maps: the page of lonboard 0.17 fetches a decoder of Parquet and a worker that cuts
polygons from a network of servers (developmentseed/lonboard#457). Its tables travel as Arrow instead, which the page
can read already, and the worker is there already too.
"""

import re
from io import BytesIO
from pathlib import Path
from typing import Any

import altair as alt
import lonboard
import lonboard._serialization as travelling
import pyarrow as pa

from lake.errors import RefusedInputError

NAME = r"[\w$]+"
# What the page does, as its source says it, and what it does instead. Names differ from build to build.
MENDED = (
    (  # load the decoder
        rf"async function ({NAME})\(\)\{{({NAME})\|\|\(await {NAME}\({NAME}\),\2=!0\)\}}",
        r"async function \1(){\2=!0}",
    ),
    (  # Parquet to Arrow
        rf"let ({NAME})={NAME}\(new Uint8Array\(({NAME})\.buffer\),\{{batchSize:2\*\*31\}}\)\.intoIPCStream\(\)",
        r"let \1=new Uint8Array(\2.buffer,\2.byteOffset,\2.byteLength)",
    ),
    (r'earcutWorkerUrl:"https://[^"]+"', "earcutWorkerUrl:null"),
)


def work_offline() -> None:
    """Let all maps and charts of this process do without the internet. A second call changes nothing.

    Raises:
        RefusedInputError: this version of lonboard has another page.
    """
    alt.renderers.enable("jupyter", offline=True)
    lonboard.Map._esm = mended_page(_page())  # type: ignore[assignment]  # noqa: SLF001 - the page has no other handle
    travelling.write_parquet_batch = _as_arrow


def mended_page(source: str) -> str:
    """The page of lonboard's maps, reading Arrow and fetching nothing.

    Args:
        source: JavaScript as lonboard ships it.

    Raises:
        RefusedInputError: it does not hold each of the places that must change exactly once.
    """
    for pattern, instead in MENDED:
        source, found = re.subn(pattern, instead, source)
        if found != 1:
            raise RefusedInputError(
                f"maps of lonboard {lonboard.__version__} cannot be drawn without the internet: "
                "install the version that constraints.txt names"
            )
    return source


def _page() -> str:
    return (Path(lonboard.__file__).parent / "static" / "index.js").read_text(encoding="utf-8")


def _as_arrow(record_batch: Any) -> bytes:  # noqa: ANN401 - any object with an Arrow stream
    """A batch of rows as an Arrow stream."""
    batch, stream = pa.record_batch(record_batch), BytesIO()
    with pa.ipc.new_stream(stream, batch.schema) as writer:
        writer.write_batch(batch)
    return stream.getvalue()
