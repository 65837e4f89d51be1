"""On which line of a TOML file each key stands; tomllib does not tell."""

import re
import tomllib
from dataclasses import dataclass, field

from crowd.policy.fields import KeyPath

TOKEN = re.compile(
    r'''(?P<text>"""(?:\\[\s\S]|[^\\])*?"""(?:"{0,2})|\'\'\'[\s\S]*?\'\'\'(?:'{0,2})|"(?:\\.|[^"\\\n])*"|'[^'\n]*')'''
    r"""|(?P<comment>\#[^\n]*)|(?P<space>[ \t\r]+)|(?P<newline>\n)|(?P<mark>[\[\]{}=,.])"""
    r"""|(?P<bare>[^\s\[\]{}=,.\#"']+)"""
)


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    line: int


def key_lines(text: str) -> dict[KeyPath, int]:
    """Line (from 1) of every key path of a sound TOML text: tables by their header, arrays by each element.

    A path is what tomllib's answer is walked by, like ("rules", 1, "levels", "siaga", "people").
    """
    scanner = _Scanner(_tokens(text))
    scanner.read()
    return scanner.lines


def line_of(lines: dict[KeyPath, int], path: KeyPath) -> int:
    """Line of a key, or of the nearest table around it that the file has; 1 where it has none."""
    found = (lines[path[:length]] for length in range(len(path), 0, -1) if path[:length] in lines)
    return next(found, 1)


def _tokens(text: str) -> list[_Token]:
    tokens, line = [], 1
    for found in TOKEN.finditer(text):
        if found.lastgroup not in {"comment", "space", None}:
            tokens.append(_Token(str(found.lastgroup), found.group(), line))
        line += found.group().count("\n")
    return [*tokens, _Token("newline", "\n", line), _Token("end", "", line)]


@dataclass
class _Scanner:
    """A reader of statements that trusts tomllib to have refused what is no TOML."""

    tokens: list[_Token]
    at: int = 0
    lines: dict[KeyPath, int] = field(default_factory=dict)
    sizes: dict[KeyPath, int] = field(default_factory=dict)  # of arrays of tables, so far

    def read(self) -> None:
        table: KeyPath = ()
        while self.now.kind != "end":
            if self.now.kind == "newline":
                self.at += 1
            elif self.now.text == "[":
                table = self._header()
            else:
                self._pair(table)

    @property
    def now(self) -> _Token:
        return self.tokens[self.at]

    def _header(self) -> KeyPath:
        line = self.now.line
        is_array = self.tokens[self.at + 1].text == "["
        self.at += 2 if is_array else 1
        *around, last = self._key()
        table: KeyPath = ()
        for part in around:
            table = self._element((*table, part))
        table = (*table, last)
        if is_array:
            self.sizes[table] = self.sizes.get(table, 0) + 1
        table = self._element(table)
        self._note(table, line)
        self._skip({"newline"})
        return table

    def _element(self, path: KeyPath) -> KeyPath:
        """The path itself, or where it is an array of tables its last one."""
        return (*path, self.sizes[path] - 1) if path in self.sizes else path

    def _key(self) -> list[str]:
        """The parts of a dotted key; stops at what follows it."""
        parts = []
        while self.now.text not in {"=", "]"}:
            if self.now.kind == "text":
                parts.append(str(tomllib.loads(f"key = {self.now.text}")["key"]))
            elif self.now.kind == "bare":
                parts.append(self.now.text)
            self.at += 1
        return parts

    def _pair(self, table: KeyPath) -> None:
        line = self.now.line
        path = (*table, *self._key())
        self.at += 1
        self._note(path, line)
        self._value(path)

    def _value(self, path: KeyPath) -> None:
        if self.now.text == "{":
            self._group("}", path)
        elif self.now.text == "[":
            self._group("]", path)
        else:
            self._skip({"newline", ",", "]", "}"})

    def _group(self, close: str, path: KeyPath) -> None:
        """An array or an inline table, from its bracket to the one that closes it."""
        self.at += 1
        n = 0
        while self.now.text != close:
            if self.now.kind == "newline" or self.now.text == ",":
                self.at += 1
            elif close == "}":
                self._pair(path)
            else:
                self._note((*path, n), self.now.line)
                self._value((*path, n))
                n += 1
        self.at += 1

    def _skip(self, stops: set[str]) -> None:
        while self.now.kind not in stops and self.now.text not in stops:
            self.at += 1

    def _note(self, path: KeyPath, line: int) -> None:
        """Remember a path, and the tables around it that no header named before."""
        for length in range(1, len(path) + 1):
            self.lines.setdefault(path[:length], line)
