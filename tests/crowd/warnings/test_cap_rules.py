import copy
from xml.etree.ElementTree import tostring

import pytest
from cap_oracles import OPTIONS, schema_errors, tree
from hypothesis import given, settings
from hypothesis import strategies as st
from made_warnings import make_cells, make_outgoing, make_reference

from crowd.warnings.cap.build import build_cap
from crowd.warnings.cap.rules import check_cap

SQUARE = "-5.5,109 -5.5,109.1 -5.4,109.1 -5.5,109"
GOOD = f"""<?xml version="1.0" encoding="UTF-8"?>
<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">
  <identifier>w-0002.1</identifier><sender>a@alun.example</sender><sent>2026-03-01T19:15:00+07:00</sent>
  <status>Actual</status><msgType>Update</msgType><scope>Public</scope><note>n</note>
  <references>a@alun.example,w-0001.1,2026-03-01T18:45:00+07:00</references>
  <info>
    <language>id-ID</language><category>Safety</category><event>Kerumunan</event><urgency>Expected</urgency>
    <severity>Severe</severity><certainty>Likely</certainty>
    <effective>2026-03-01T19:20:00+07:00</effective><expires>2026-03-01T21:15:00+07:00</expires>
    <headline>Kerumunan</headline><web>https://alun.example/cap</web>
    <parameter><valueName>k</valueName><value>v</value></parameter>
    <resource><resourceDesc>r</resourceDesc><mimeType>text/plain</mimeType><size>3</size></resource>
    <area>
      <areaDesc>Alun</areaDesc><polygon>{SQUARE}</polygon><circle>-5.5,109 1.5</circle><altitude>0</altitude>
    </area>
  </info>
</alert>""".encode()


def mended(*changes):
    xml = GOOD
    for before, after in changes:
        assert xml.count(before.encode()) == 1, before
        xml = xml.replace(before.encode(), after.encode())
    return xml


def test_a_good_alert_has_no_mistake():
    assert (check_cap(GOOD), schema_errors(GOOD)) == ([], [])


BEYOND_THE_SCHEMA = {
    "references of an update": (
        [("<references>a@alun.example,w-0001.1,2026-03-01T18:45:00+07:00</references>", "")],
        "alert has no references: msgType Update",
    ),
    "references are triples": ([("w-0001.1,", "")], "alert.references has 'a@alun.example,2026"),
    "time of a reference": ([("T18:45:00+07:00<", "T18:45:00Z<")], "the time in alert.references is"),
    "reference to itself": ([("w-0001.1", "w-0002.1")], "refers to the alert itself"),
    "restricted needs a restriction": ([("Public", "Restricted")], "scope Restricted needs one"),
    "restriction of a public one": (
        [("<note>", "<restriction>r</restriction><note>")],
        "alert.restriction belongs to scope Restricted only",
    ),
    "private needs addresses": ([("Public", "Private")], "scope Private needs them"),
    "note of an exercise": ([("Actual", "Exercise"), ("<note>n</note>", "")], "status Exercise needs one"),
    "note of an error": ([("Update", "Error"), ("<note>n</note>", "")], "msgType Error needs one"),
    "space in the identifier": ([("w-0002.1", "w 2")], "alert.identifier has a space"),
    "comma in the sender": ([("<sender>a@", "<sender>a,")], "alert.sender has a space, a comma"),
    "ampersand in the sender": ([("<sender>a@", "<sender>a&amp;")], "alert.sender has a space, a comma"),
    "smaller-than in the identifier": ([("w-0002.1", "w&lt;2")], "alert.identifier has a space, a comma, <"),
    "expires before sent": ([("T21:15", "T19:15"), ("T19:20", "T19:00")], "alert.info[1].expires is not after sent"),
    "expires before effective": ([("T21:15", "T19:20")], "alert.info[1].expires is not after effective"),
    "utc with plus": ([("T19:15:00+07:00", "T12:15:00+00:00")], "UTC is written -00:00"),
    "long headline": ([("<headline>Kerumunan", f"<headline>{'x' * 161}")], "headline has more than 160"),
    "web without address": ([("https://alun.example/cap", "alun.example/cap")], "not a full address"),
    "empty place": ([("<areaDesc>Alun</areaDesc>", "<areaDesc> </areaDesc>")], "areaDesc is empty"),
    "empty element": ([("<note>n</note>", "<note/>")], "alert.note is empty: leave it out"),
    "ceiling without altitude": ([("altitude>0</altitude", "ceiling>0</ceiling")], "a ceiling without an altitude"),
    "open polygon": ([(SQUARE, "-5.5,109 -5.5,109.1 -5.4,109.1 -5.4,109")], "polygon[1] is not closed"),
    "three pairs": ([(SQUARE, "-5.5,109 -5.5,109.1 -5.5,109")], "polygon[1] has 3 pairs"),
    "crossing itself": ([(SQUARE, "0,0 1,1 0,1 1,0 0,0")], "polygon[1] crosses"),
    "no area": ([(SQUARE, "0,0 1,1 2,2 0,0")], "polygon[1] crosses or touches itself, or has no area"),
    "longitude first": ([(SQUARE, "109,-5 110,-5 110,-6 109,-5")], "polygon[1] leaves the earth"),
    "seven decimals": ([(SQUARE, "0,0 0,1 1.0000001,1 0,0")], "polygon[1] has more than 6 decimals"),
    "spaces for commas": ([(SQUARE, "0 0 0 1 1 1 0 0")], "polygon[1] is not made of lat,lon pairs"),
    "no number": ([(SQUARE, "0,0 0,nan 1,1 0,0")], "polygon[1] is not made of lat,lon pairs"),
    "circle without radius": ([("-5.5,109 1.5", "-5.5,109")], "circle[1] is not lat,lon, a space, and a radius"),
    "negative radius": ([("-5.5,109 1.5", "-5.5,109 -1")], "circle[1] is not lat,lon, a space, and a radius"),
    "circle off the earth": ([("-5.5,109 1.5", "-95.5,109 1")], "circle[1] leaves the earth"),
}


@pytest.mark.parametrize(("changes", "told"), BEYOND_THE_SCHEMA.values(), ids=BEYOND_THE_SCHEMA.keys())
def test_a_mistake_that_the_schema_lets_pass_is_told_alone(changes, told):
    xml = mended(*changes)
    assert schema_errors(xml) == []
    (mistake,) = check_cap(xml)
    assert told in mistake


BY_THE_SCHEMA = {
    "fraction of a second": ([("T19:15:00+07:00", "T19:15:00.5+07:00")], "alert.sent is '2026-03-01T19:15:00.5+07:00'"),
    "letter for utc": ([("T21:15:00+07:00", "T21:15:00Z")], "alert.info.expires is '2026-03-01T21:15:00Z'"),
    "no offset": ([("T19:20:00+07:00", "T19:20:00")], "alert.info.effective is"),
    "month thirteen": ([("2026-03-01T19:15", "2026-13-01T19:15")], "alert.sent is"),
    "missing": ([("<event>Kerumunan</event>", "")], "alert.info has no event"),
    "place missing": ([("<areaDesc>Alun</areaDesc>", "")], "alert.info.area has no areaDesc"),
    "twice": ([("<note>n</note>", "<note>n</note><note>m</note>")], "alert has more than one note"),
    "unknown element": ([("<note>n</note>", "<hint>n</hint>")], "alert has an element hint"),
    "foreign element": ([("<note>n", '<note xmlns="urn:x">n')], "alert has an element {urn:x}note"),
    "order": (
        [("<event>Kerumunan</event>", ""), ("<category>", "<event>Kerumunan</event><category>")],
        "alert.info has its elements out of order",
    ),
    "word": ([("<severity>Severe", "<severity>Grave")], "alert.info.severity is 'Grave': one of Extreme, Severe"),
    "language": ([("id-ID", "id_ID")], "alert.info.language is 'id_ID': not a language code"),
    "web that is broken": ([("https://alun.example/cap", "http://[alun")], "alert.info.web is 'http://[alun'"),
    "offset of a day": ([("T19:20:00+07:00", "T19:20:00+23:00")], "alert.info.effective is"),
    "size": ([("<size>3", "<size>3 kB")], "alert.info.resource.size is '3 kB'"),
    "altitude": ([("<altitude>0", "<altitude>low")], "alert.info.area.altitude is 'low'"),
    "attribute": ([("<area>", '<area id="1">')], "alert.info.area has attributes"),
    "stray text": ([("<areaDesc>", "stray<areaDesc>")], "alert.info.area has text between its elements"),
    "element in a text": ([("<note>n", "<note>n<b>m</b>")], "alert.note has elements within it"),
}


@pytest.mark.parametrize(("changes", "told"), BY_THE_SCHEMA.values(), ids=BY_THE_SCHEMA.keys())
def test_a_mistake_against_the_schema_is_told_in_words(changes, told):
    xml = mended(*changes)
    assert schema_errors(xml)
    assert any(told in mistake for mistake in check_cap(xml))


def test_the_second_of_several_is_named_by_its_number():
    info = GOOD[GOOD.index(b"<info>") : GOOD.index(b"</info>") + 7]
    xml = GOOD.replace(info, info + info.replace(b"Severe", b"Grave"))
    assert check_cap(xml)[0].startswith("alert.info[2].severity is 'Grave'")


@pytest.mark.parametrize(
    "xml", [b"", b"no XML", b"<alert/>", b"<?xml version='1.0' encoding='x'?><a/>", GOOD.replace(b"1.2", b"1.1")]
)
def test_what_is_no_alert_is_told_as_that(xml):
    assert len(check_cap(xml)) == 1


BUILT = build_cap(
    make_outgoing(kind="update", references=(make_reference(),), cells=make_cells(count=1200)), options=OPTIONS
).xml


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_whatever_the_schema_refuses_of_a_damaged_alert_is_caught(data):
    alert = tree(BUILT)
    holders = [element for element in alert.iter() if len(element)]
    holder = data.draw(st.sampled_from(holders))
    children = list(holder)
    child = data.draw(st.sampled_from(children))
    match data.draw(st.sampled_from(["drop", "double", "move", "write"])):
        case "drop":
            holder.remove(child)
        case "double":
            holder.insert(data.draw(st.integers(0, len(children))), copy.deepcopy(child))
        case "move":
            holder.remove(child)
            holder.insert(data.draw(st.integers(0, len(children) - 1)), child)
        case _:
            child.text = data.draw(st.text(st.characters(codec="ascii", exclude_categories=("Cc",))))
    xml = tostring(alert, encoding="utf-8")
    assert check_cap(xml) or not schema_errors(xml)
