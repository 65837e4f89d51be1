"""Ids built from several columns of a file: `{mcc}-{net:02}-{cell}` as SQL."""

import re
from collections.abc import Mapping

from lake.engine import literal, quoted
from lake.errors import RefusedInputError

PLACE = re.compile(r"\{([^{}:]+)(?::0(\d{1,2}))?\}")


def template_expression(template: str, *, columns: Mapping[str, str]) -> str:
    """SQL that fills a template from the columns of a row; null where one of them is empty.

    Args:
        template: text with `{column}` or `{column:02}` (padded with zeros to that many digits).
        columns: name in the template, in lower case, to the column's name in the file.

    Raises:
        RefusedInputError: a brace is open or a column is not there.
    """
    if set(PLACE.sub("", template)) & set("{}"):
        raise RefusedInputError(f"cell id template '{template}': write a place as {{column}} or {{column:02}}")
    parts: list[str] = []
    end = 0
    for match in PLACE.finditer(template):
        name, width = match.group(1), match.group(2)
        if name.casefold() not in columns:
            known = ", ".join(sorted(set(columns.values())))
            raise RefusedInputError(f"cell id template '{template}': no column '{name}' among {known}")
        value = f"nullif(trim({quoted(columns[name.casefold()])}), '')"
        padded = f"lpad({value}, cast(greatest({int(width)}, length({value})) as integer), '0')" if width else value
        parts += [literal(template[end : match.start()]), padded]
        end = match.end()
    parts.append(literal(template[end:]))
    return " || ".join(parts)
