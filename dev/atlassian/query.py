"""The grammar CQL and JQL share: conditions joined by and/or/not, then ORDER BY."""

import re
from dataclasses import dataclass, field

TOKEN = re.compile(r"""\s*(?:"(?P<double>(?:\\.|[^"\\])*)"|'(?P<single>(?:\\.|[^'\\])*)'"""
                   r"""|(?P<mark>>=|<=|!=|!~|[=<>~(),])|(?P<word>[^\s()"',=<>!~]+))""")
OPERATORS = {"=", "!=", ">", ">=", "<", "<=", "~", "!~"}


class QueryError(Exception):
    """The query cannot be read or names something unknown; the text is for the caller."""


@dataclass(frozen=True)
class Value:
    text: str
    quoted: bool = False
    function: bool = False  # `now("-1d")`: text is the name, argument what stands between the brackets
    argument: str | None = None


@dataclass(frozen=True)
class Condition:
    field: str
    operator: str
    values: tuple[Value, ...]


@dataclass(frozen=True)
class Group:
    joint: str  # and | or | not
    parts: tuple


@dataclass
class Query:
    where: Condition | Group | None
    order: list[tuple[str, bool]] = field(default_factory=list)  # (field, descending)


def parse(text: str) -> Query:
    return _Parser(_tokens(text)).query()


def named(where, fields: set[str]) -> list[Condition]:
    """Every condition on one of the fields, wherever it stands."""
    if isinstance(where, Group):
        return [condition for part in where.parts for condition in named(part, fields)]
    return [where] if where and where.field in fields else []


def required(where, fields: set[str]) -> Condition | None:
    """A positive condition on one of the fields that every result must meet."""
    parts = where.parts if isinstance(where, Group) and where.joint == "and" else (where,)
    for part in parts:
        if isinstance(part, Condition) and part.field in fields and part.operator in ("=", "in"):
            return part
    return None


def _tokens(text: str) -> list[tuple[str, str]]:
    tokens, position = [], 0
    text = text.rstrip()
    while position < len(text):
        match = TOKEN.match(text, position)
        if not match:
            raise QueryError(f"unexpected character at position {position + 1}")
        position = match.end()
        if match["mark"]:
            tokens.append(("mark", match["mark"]))
        elif match["word"]:
            tokens.append(("word", match["word"]))
        else:
            raw = match["double"] if match["double"] is not None else match["single"]
            tokens.append(("string", re.sub(r"\\(.)", r"\1", raw)))
    return tokens


class _Parser:
    def __init__(self, tokens: list[tuple[str, str]]):
        self.tokens = tokens
        self.at = 0

    def query(self) -> Query:
        where = None if not self.tokens or self._word() == "order" else self._either()
        order = self._order() if self._word() == "order" else []
        if self.at < len(self.tokens):
            raise QueryError(f"unexpected '{self.tokens[self.at][1]}'")
        return Query(where, order)

    def _either(self):
        parts = [self._both()]
        while self._accept("or"):
            parts.append(self._both())
        return parts[0] if len(parts) == 1 else Group("or", tuple(parts))

    def _both(self):
        parts = [self._term()]
        while self._accept("and"):
            parts.append(self._term())
        return parts[0] if len(parts) == 1 else Group("and", tuple(parts))

    def _term(self):
        if self._accept("not"):
            return Group("not", (self._term(),))
        if self._accept("("):
            inner = self._either()
            self._expect(")")
            return inner
        kind, name = self._next()
        if kind == "mark":
            raise QueryError(f"unexpected '{name}'")
        return self._condition(name.lower())

    def _condition(self, name: str) -> Condition:
        if self._accept("is"):
            operator = "is not" if self._accept("not") else "is"
            if not (self._accept("empty") or self._accept("null")):
                raise QueryError("expected EMPTY or NULL")
            return Condition(name, operator, ())
        negated = self._accept("not")
        if self._accept("in"):
            self._expect("(")
            values = [self._value()]
            while self._accept(","):
                values.append(self._value())
            self._expect(")")
            return Condition(name, "not in" if negated else "in", tuple(values))
        operator = self._next()[1]
        if operator not in OPERATORS or negated:
            raise QueryError(f"expected an operator after '{name}'")
        return Condition(name, operator, (self._value(),))

    def _value(self) -> Value:
        kind, text = self._next()
        if kind == "mark":
            raise QueryError(f"unexpected '{text}'")
        if kind == "string" or not self._accept("("):
            return Value(text, quoted=kind == "string")
        argument = None if self._peek() == ("mark", ")") else self._next()[1]
        self._expect(")")
        return Value(text.lower(), function=True, argument=argument)

    def _order(self) -> list[tuple[str, bool]]:
        self._expect("order")
        self._expect("by")
        keys = []
        while True:
            name = self._next()[1].lower()
            descending = self._accept("desc")
            if not descending:
                self._accept("asc")
            keys.append((name, descending))
            if not self._accept(","):
                return keys

    def _peek(self) -> tuple[str, str]:
        return self.tokens[self.at] if self.at < len(self.tokens) else ("end", "")

    def _word(self) -> str:
        kind, text = self._peek()
        return "" if kind == "string" else text.lower()

    def _next(self) -> tuple[str, str]:
        if self.at >= len(self.tokens):
            raise QueryError("unexpected end of the query")
        self.at += 1
        return self.tokens[self.at - 1]

    def _accept(self, text: str) -> bool:
        if self._word() != text:
            return False
        self.at += 1
        return True

    def _expect(self, text: str) -> None:
        if not self._accept(text):
            raise QueryError(f"expected '{text}'")
