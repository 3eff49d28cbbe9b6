"""Writes Sources/Embedding/Local/Tokenizer/BaseLetterTable.swift: canonical decompositions without their marks.

    base_letters.py > Sources/Embedding/Local/Tokenizer/BaseLetterTable.swift

Swift's standard library has Unicode's properties but no decomposition. Hangul is left out, it is arithmetic; so is every
scalar that only loses marks of its own (category Mn), which the properties tell.
"""

import unicodedata

WIDTH = 100


def base(scalar: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", scalar) if unicodedata.category(c) != "Mn")


def escaped(scalar: str) -> str:
    if unicodedata.category(scalar)[0] in "ZCM" or scalar in '\\"':
        return f"\\u{{{ord(scalar):X}}}"
    return scalar


def width(text: str) -> int:
    return sum(1 + (unicodedata.east_asian_width(c) in "WF") for c in text)


def lines(items: list[str], between: str) -> list[str]:
    """Items joined into lines; each line ends in a backslash, so that the literal has no line ends."""
    result, line = [], ""
    for item in items:
        if line and width(line) + width(between) + width(item) > WIDTH:
            result.append(line + between)
            line = item
        else:
            line = line + between + item if line else item
    return result + [line]


def literal(name: str, items: list[str], between: str) -> str:
    body = "\\\n    ".join(lines(items, between))
    return f'let {name} = """\n    {body}\n    """'


def main() -> None:
    found = [(chr(c), base(chr(c))) for c in range(0x110000) if not 0xAC00 <= c < 0xAC00 + 11172]
    found = [(c, b) for c, b in found if b not in (c, "")]
    pairs = [escaped(c) + escaped(b) for c, b in found if len(b) == 1]
    longer = [escaped(c) + "".join(map(escaped, b)) for c, b in found if len(b) > 1]
    print(
        f"""// Written by dev/compare/base_letters.py from Unicode {unicodedata.unidata_version}. Do not edit.
// swift-format-ignore-file

/// {len(pairs)} pairs of a scalar and the one scalar that is left of it.
{literal("baseLetterPairs", pairs, "")}

/// {len(longer)} scalars of which several are left: the scalar, then those, separated by spaces.
{literal("baseLetterSequences", longer, " ")}"""
    )


if __name__ == "__main__":
    main()
