from crowd.warnings.message import new_code, normalise_code
from crowd.warnings.message.codes import ALPHABET

LOOK_ALIKES = set("01258BILOSUVZ")


def test_codes_have_six_characters_without_look_alikes_and_vowels():
    codes = [new_code() for _ in range(2000)]
    assert {len(code) for code in codes} == {6}
    used = set("".join(codes))
    assert used == set(ALPHABET)
    assert not used & (LOOK_ALIKES | set("AEIOU"))


def test_codes_hardly_ever_come_twice():
    assert len({new_code() for _ in range(500)}) > 495


def test_a_code_is_found_however_people_type_it():
    code = new_code()
    typed = f"  {code[:3].lower()} - {code[3:]}.\n"
    assert normalise_code(typed) == normalise_code(code) == code


def test_a_mistyped_letter_is_not_taken_for_another():
    assert normalise_code("c3d4fo") == "C3D4FO"
