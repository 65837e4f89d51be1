"""Templates of messages, the shipped ones and an installation's own, refused where they hold more than they may."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

from jinja2 import StrictUndefined, Template, TemplateSyntaxError, nodes
from jinja2.sandbox import SandboxedEnvironment

from crowd.warnings.message.fields import ALLOWED, KINDS, TextKind
from crowd.warnings.outgoing import LANGUAGES, Language
from lake.errors import RefusedInputError

SHIPPED = files("crowd.warnings.message").joinpath("templates")
WHAT_MAY_STAND = "use {{ field }} and {% if field %} ... {% endif %} only"
CONSTRUCTS: dict[type[nodes.Node], str] = {
    nodes.Getattr: "attribute access",
    nodes.Getitem: "access to a part",
    nodes.Call: "a call",
    nodes.Filter: "a filter",
    nodes.Test: "a test",
    nodes.For: "a loop",
    nodes.Include: "an include",
    nodes.Import: "an import",
    nodes.FromImport: "an import",
    nodes.Extends: "another template to extend",
    nodes.Block: "a block",
    nodes.Macro: "a macro",
    nodes.CallBlock: "a call",
    nodes.FilterBlock: "a filter",
    nodes.With: "a with block",
    nodes.Assign: "an assignment",
    nodes.AssignBlock: "an assignment",
    nodes.CondExpr: "a condition inside braces",
    nodes.Not: "'not'",
    nodes.And: "'and'",
    nodes.Or: "'or'",
    nodes.Compare: "a comparison",
}


@dataclass(frozen=True, kw_only=True)
class MessageTemplate:
    """A template that holds nothing but what it may.

    Attributes:
        file: where it comes from, for what people are told of it.
        compiled: fills it.
        needed: fields that it uses wherever they are known or not, in order.
    """

    file: str
    compiled: Template
    needed: tuple[str, ...]


def load_template(kind: TextKind, language: Language, templates_folder: Path | None = None) -> MessageTemplate:
    """The template of a kind of message: the installation's own, else the shipped one.

    Args:
        kind: alert, update, cancel or officer.
        language: id or en.
        templates_folder: the installation's templates, `<language>/<kind>.txt`; None where it has none.

    Raises:
        RefusedInputError: the template cannot be read or holds what it may not; names file, line and construct.
    """
    if kind not in KINDS or language not in LANGUAGES:
        raise RefusedInputError(
            f"there is no message '{kind}' in '{language}': give one of {', '.join(KINDS)}, id or en"
        )
    own = templates_folder / language / f"{kind}.txt" if templates_folder else None
    if own is None or not own.exists():
        return _shipped(kind, language)
    try:
        return _checked(own.read_text(encoding="utf-8-sig"), kind, file=str(own))
    except (OSError, UnicodeDecodeError) as error:
        raise RefusedInputError(f"{own} cannot be read as text in UTF-8: {error}") from None


def check_templates(templates_folder: Path) -> None:
    """Look through all templates of an installation, so that a mistake shows before the first warning.

    Raises:
        RefusedInputError: a template is refused, or a file there is none that is ever used.
    """
    used = {templates_folder / language / f"{kind}.txt" for language in LANGUAGES for kind in KINDS}
    for path in sorted(templates_folder.rglob("*")):
        if path.is_file() and path not in used and not path.name.startswith("."):
            names = ", ".join(f"{kind}.txt" for kind in KINDS)
            raise RefusedInputError(f"{path} is never used: name it {names} in the folder {' or '.join(LANGUAGES)}")
    for language in LANGUAGES:
        for kind in KINDS:
            load_template(kind, language, templates_folder)


@cache
def _shipped(kind: TextKind, language: Language) -> MessageTemplate:
    file = SHIPPED.joinpath(language, f"{kind}.txt")
    return _checked(file.read_text(encoding="utf-8"), kind, file=f"templates/{language}/{kind}.txt")


def _checked(source: str, kind: TextKind, *, file: str) -> MessageTemplate:
    # A message is plain text: nothing in it is HTML to be escaped.
    environment = SandboxedEnvironment(undefined=StrictUndefined, autoescape=False)
    try:
        raw = [line for line, what, _ in environment.lex(source) if what == "raw_begin"]
        tree = environment.parse(source)
    except TemplateSyntaxError as error:
        raise RefusedInputError(f"{file}, line {error.lineno}: {error.message}: {WHAT_MAY_STAND}") from None
    if raw:
        raise _refusal(file, raw[0], "a raw block may not stand")
    needed: dict[str, None] = {}
    for node in tree.body:
        _visit(node, kind, file=file, known=frozenset(), needed=needed)
    if not source.strip():
        raise RefusedInputError(f"{file} is empty: write the message or remove the file")
    return MessageTemplate(file=file, compiled=environment.from_string(tree), needed=tuple(needed))


def _visit(node: nodes.Node, kind: TextKind, *, file: str, known: frozenset[str], needed: dict[str, None]) -> None:
    match node:
        case nodes.TemplateData():
            return
        case nodes.Name():
            _check_name(node, kind, file=file)
            if node.name not in known:
                needed[node.name] = None
        case nodes.If(test=nodes.Name() as test, elif_=[], else_=[]):
            _check_name(test, kind, file=file)
            for child in node.body:
                _visit(child, kind, file=file, known=known | {test.name}, needed=needed)
        case nodes.Output():
            for child in node.nodes:
                _visit(child, kind, file=file, known=known, needed=needed)
        case _:
            raise _refusal(file, node.lineno, f"{_construct(node)} may not stand")


def _check_name(node: nodes.Name, kind: TextKind, *, file: str) -> None:
    if node.name not in ALLOWED[kind]:
        raise RefusedInputError(
            f"{file}, line {node.lineno}: '{node.name}' is no field of this message: use {', '.join(ALLOWED[kind])}"
        )


def _construct(node: nodes.Node) -> str:
    if isinstance(node, nodes.If):
        return "'else' or 'elif'" if isinstance(node.test, nodes.Name) else _construct(node.test)
    return CONSTRUCTS.get(type(node), f"'{type(node).__name__.lower()}'")


def _refusal(file: str, line: int, finding: str) -> RefusedInputError:
    return RefusedInputError(f"{file}, line {line}: {finding} in a message: {WHAT_MAY_STAND}")
