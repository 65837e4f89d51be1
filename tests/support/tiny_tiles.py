"""The smallest base map there is: a PMTiles file of one tile, all of it earth."""

import json
import struct
from pathlib import Path

HEADER_LENGTH = 127
NOTHING_PACKED, VECTOR_TILES = 1, 1
EXTENT = 4096


def write_tiny_tiles(path: Path) -> Path:
    """Write it; by the specification of PMTiles 3, nothing compressed."""
    tile = _tile()
    directory = bytes([1, 0, 1, len(tile), 1])
    metadata = json.dumps({"vector_layers": [{"id": "earth", "fields": {}}]}).encode()
    parts = [directory, metadata, b"", tile]
    starts = [HEADER_LENGTH + sum(map(len, parts[:i])) for i in range(len(parts))]
    places = [number for start, part in zip(starts, parts, strict=True) for number in (start, len(part))]
    kind = bytes([1, NOTHING_PACKED, NOTHING_PACKED, VECTOR_TILES, 0, 0])
    corners = struct.pack("<4i", *(round(degree * 1e7) for degree in (-180, -85, 180, 85)))
    header = b"PMTiles\x03" + struct.pack("<8Q", *places) + struct.pack("<3Q", 1, 1, 1)
    path.write_bytes(header + kind + corners + struct.pack("<B2i", 0, 0, 0) + b"".join(parts))
    return path


def _tile() -> bytes:
    """A vector tile of a layer `earth` with one square that covers all of it."""
    right, left = 2 * EXTENT, 2 * EXTENT - 1  # zigzag of 4096 and of -4096
    steps = [9, 0, 0, 26, right, 0, 0, right, left, 0, 15]
    geometry = b"".join(map(_varint, steps))
    feature = bytes([0x18, 3, 0x22, len(geometry)]) + geometry
    layer = b"\x78\x02" + b"\x0a\x05earth" + bytes([0x12, len(feature)]) + feature + b"\x28" + _varint(EXTENT)
    return bytes([0x1A, len(layer)]) + layer


def _varint(number: int) -> bytes:
    found = bytearray()
    while number > 127:
        found.append(number & 127 | 128)
        number >>= 7
    return bytes([*found, number])
