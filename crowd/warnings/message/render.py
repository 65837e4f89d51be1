"""From a warning's fields to the text that goes out."""

import re
from pathlib import Path

from crowd.warnings.message.fields import ALLOWED, MessageFields, TextKind, field_texts, mark_of, one_line
from crowd.warnings.message.template_files import load_template
from crowd.warnings.outgoing import Language, Mode

GAP = re.compile(rf"\(({'|'.join(ALLOWED['officer'])})\?\)")


def render_message(
    kind: TextKind,
    language: Language,
    fields: MessageFields,
    *,
    mode: Mode,
    templates_folder: Path | None = None,
) -> str:
    """Write a message: one line, marked where it is a test.

    A field that the template needs and that is empty shows as a gap such as "(emergency?)", so that a draft can be
    looked at; `crowd.warnings.message.check` refuses a text with a gap.

    Args:
        kind: alert, update, cancel or officer.
        language: id or en.
        fields: what is known of the warning.
        mode: anything but "live" is marked as a test.
        templates_folder: the installation's own templates, which win over the shipped ones.

    Raises:
        RefusedInputError: the template is refused, or a field cannot be written.
    """
    template = load_template(kind, language, templates_folder)
    texts = field_texts(fields, language)
    told = {name: texts[name] for name in ALLOWED[kind]}
    gaps = {name: f"({name}?)" for name in template.needed if not told[name]}
    text = one_line(template.compiled.render(told | gaps))
    return mark_of(language, mode=mode) + text if text else ""
