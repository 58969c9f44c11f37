# SPDX-License-Identifier: MIT
"""What mutate.py makes wrong in a file of C, one thing at a time: comparisons shifted or turned, && and || exchanged, conditions
negated, results exchanged at each way out, and words that always hold or never do."""
import re
from typing import NamedTuple

SWAPS = [(" == ", " != "), (" != ", " == "), (" < ", " <= "), (" <= ", " < "), (" > ", " >= "), (" >= ", " > "), (" && ", " || "),
         (" || ", " && "), (" + ", " - "), ("TRI_YES;", "TRI_NO;"), ("TRI_NO;", "TRI_YES;"), ("TRI_UNKNOWN;", "TRI_YES;"),
         ("TRI_UNKNOWN;", "TRI_NO;"),
         # with TRI_NO 0 and TRI_YES 1: what is told stays, the result does not
         ("return look_no(", "return TRI_YES | look_no("), ("return look_missing(", "return TRI_YES | look_missing("),
         ("return look_unknown(", "return TRI_NO & look_unknown(")]
FUNCTION = re.compile(r"^[a-z][^=(]*\b(\w+)\(")
BRACKETS = re.compile(r"""[()]|'(?:\\?.)'|"(?:\\.|[^"\\])*\"""")  # or what is quoted
EVAL = re.compile(r"^(static )?enum tri \w+\(.*\)$")


class Mutant(NamedTuple):
    path: str      # as shown: from the top of the tree
    number: int    # of the line
    function: str
    code: str      # the line
    what: str
    text: str      # of the whole file

    def key(self):
        """Stays the same where lines move."""
        return (self.path, self.function, self.code, self.what)


def condition_end(text, at):
    """Where the bracket opened at `at` is closed."""
    depth = 0
    for found in BRACKETS.finditer(text, at):
        depth += {"(": 1, ")": -1}.get(found.group(), 0)
        if depth == 0:
            return found.start()
    raise ValueError("a bracket that is never closed")


def changes(text):
    """(where, length, replacement, what), in order of the places."""
    begin = 0
    for line in text.split("\n"):
        code = line.split("/*")[0]
        if line.startswith("\t") and not line.lstrip().startswith("*"):
            for found in re.finditer(r"\b(?:if|while) \(", code):
                start = begin + found.end() - 1
                end = condition_end(text, start) + 1
                if not re.fullmatch(r"[^&|]* [!=]= [^&|]*", text[start:end]):  # which is exchanged below
                    yield start, end - start, f"(!{text[start:end]})", found.group()[:-2] + " negated"
            plain = re.sub(r'"[^"]*"', lambda s: "~" * len(s.group()), code)
            for old, new in SWAPS if "for (" not in code else ():
                for found in re.finditer(re.escape(old), plain):
                    yield begin + found.start(), len(old), new, f"{old.strip()} → {new.strip()}".replace("|", "/")
        elif EVAL.match(line) and text[begin + len(line):].startswith("\n{\n"):
            for value in ("TRI_YES", "TRI_NO"):
                yield begin + len(line) + 1, 1, "{ return " + value + ";", f"always {value}"
        begin += len(line) + 1


def mutants_of(path, shown):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    lines, seen, functions = text.split("\n"), {}, [""]
    for line in lines:
        found = FUNCTION.match(line)
        functions.append(found.group(1) if found else functions[-1])
    for at, length, new, what in changes(text):
        number = text.count("\n", 0, at)
        mutant = Mutant(shown, number + 1, functions[number + 1], lines[number].strip(), what, text[:at] + new + text[at + length:])
        times = seen[mutant.key()] = seen.get(mutant.key(), 0) + 1
        yield mutant._replace(what=what + (f" ({times})" if times > 1 else ""))
