"""The text of warnings: templates, what they may say, how many SMS they take, emergency numbers and check codes."""

from crowd.warnings.message.check import check_message, check_text
from crowd.warnings.message.codes import new_code, normalise_code
from crowd.warnings.message.emergency import EmergencyNumber, load_emergency_numbers, numbers_for
from crowd.warnings.message.fields import MessageFields, TextKind
from crowd.warnings.message.render import render_message
from crowd.warnings.message.segments import Segments, characters_outside_gsm7, count_segments
from crowd.warnings.message.template_files import check_templates, load_template

__all__ = [
    "EmergencyNumber",
    "MessageFields",
    "Segments",
    "TextKind",
    "characters_outside_gsm7",
    "check_message",
    "check_templates",
    "check_text",
    "count_segments",
    "load_emergency_numbers",
    "load_template",
    "new_code",
    "normalise_code",
    "numbers_for",
    "render_message",
]
