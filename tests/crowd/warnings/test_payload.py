import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from time import perf_counter

import jsonschema
import pytest
from made_warnings import make_cells, make_outgoing, make_reference

from crowd.warnings.channels.payload import target_list

SCHEMAS = Path(__file__).parents[3] / "docs" / "schemas"


def validator(name):
    schema = json.loads((SCHEMAS / f"{name}.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


TARGETS, RECEIPT = validator("target-list"), validator("receipt")
RECEIVED = {"idempotency_key": "w-1.1.http.alun", "status": "delivered"}


def body(**changes):
    return json.loads(target_list(make_outgoing(**changes)))


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"mode": "live", "level": "awas", "area_code": None, "regency_code": None},
        {"kind": "update", "references": (make_reference(),), "revision": 2},
        {"kind": "cancel", "references": (make_reference(), make_reference(revision=2))},
        {"texts": {"en": 'Quotes "here", a line\nbreak, é and 😀'}, "area_name": 'Alun "Timur"\\'},
        {"timezone": "Asia/Jayapura", "cells": make_cells(count=1)},
    ],
)
def test_what_is_sent_is_as_the_schema_says(changes):
    TARGETS.validate(body(**changes))


@pytest.mark.parametrize(
    "wrong",
    [
        {"schema_version": 2},
        {"idempotency_key": "with space"},
        {"mode": "Live"},
        {"kind": "update"},
        {"references": [{"warning_id": "w", "revision": 1, "issued": "2026-03-01T19:15:00+07:00"}]},
        {"revision": 0},
        {"issued": "2026-03-01 19:15"},
        {"expires": "2026-03-01T12:15:00"},
        {"messages": {}},
        {"messages": {"id": ""}},
        {"messages": {"fr": "Foule"}},
        {"cells": []},
        {"cells": [{"cell_id": "001-01-1"}]},
        {"cells": [{"cell_id": "001-01-1", "expected_recipients": -1}]},
        {"cells": [{"cell_id": "001-01-1", "expected_recipients": 1, "msisdn": "x"}]},
        {"area": "99.01"},
        {"more": 1},
    ],
)
def test_the_schema_refuses_another_document(wrong):
    assert not TARGETS.is_valid(body() | wrong)


@pytest.mark.parametrize("name", sorted(body()))
def test_nothing_may_be_left_out(name):
    assert not TARGETS.is_valid({other: value for other, value in body().items() if other != name})


@pytest.mark.parametrize(
    "more",
    [{}, {"reference": "a-1", "at": "2026-03-01T19:20:00+07:00", "recipients": 12, "message": "ok", "replayed": True}],
)
def test_receipts_are_as_their_schema_says(more):
    RECEIPT.validate(RECEIVED | more)


@pytest.mark.parametrize(
    "wrong",
    [{"status": "ok"}, {"idempotency_key": ""}, {"recipients": -1}, {"recipients": 1.5}, {"reference": "a b"}],
)
def test_the_schema_refuses_another_receipt(wrong):
    assert not RECEIPT.is_valid(RECEIVED | wrong)


def test_the_same_warning_gives_the_same_bytes():
    outgoing = make_outgoing()
    turned = replace(outgoing, texts=dict(reversed(outgoing.texts.items())))
    assert target_list(outgoing) == target_list(turned) == target_list(make_outgoing())


def test_times_are_local_and_whole_seconds():
    approved = make_outgoing().approved_at + timedelta(microseconds=987654)
    assert body(approved_at=approved, timezone="Asia/Jayapura")["issued"] == "2026-03-01T21:15:00+09:00"


def test_cells_are_those_of_the_warning():
    cells = make_cells(count=300)
    assert body(cells=cells)["cells"] == cells.select("cell_id", "expected_recipients").to_dicts()


def test_a_country_of_cells_is_written_at_once():
    outgoing = make_outgoing(cells=make_cells(count=25_000))
    target_list(outgoing)
    start = perf_counter()
    target_list(outgoing)
    assert perf_counter() - start < 0.1
