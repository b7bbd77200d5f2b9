# SPDX-License-Identifier: GPL-2.0
"""The mutants of the lists beside this file: reading them, and what can be wrong with them.

A mutant is one small change to the core that breaks a rule. The tests which docs/conformance.md
names for the rule have to notice it. One stands on a line:

	ROW... FILE: OLD => NEW

ROW are the rows of docs/conformance.md that it breaks, FILE is relative to module/, OLD is text
that FILE has exactly once, NEW what takes its place, or nothing. \\n, \\t and \\\\ are escapes.
Empty lines and those that begin with # mean nothing.
"""

import collections
import pathlib
import re

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
LISTS = TOP / "userspace/mutants"
MODULE = TOP / "module"
LINE = re.compile(r"((?:\S+ )+)((?:core|cong|bbr|prague)/\w+\.[ch]): (.+?) =>(?: (.+))?")

Mutant = collections.namedtuple("Mutant", "place line rows file old new")


def unescape(text):
    return re.sub(r"\\([nt\\])", lambda m: {"n": "\n", "t": "\t", "\\": "\\"}[m[1]], text or "")


def read():
    """All mutants, and the lines that are none."""
    mutants, faults = [], []
    for path in sorted(LISTS.glob("*.list")):
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            if not line or line.startswith("#"):
                continue
            place = f"{path.name}:{number}"
            match = LINE.fullmatch(line)
            if match:
                rows, file, old, new = match.groups()
                mutants.append(Mutant(place, line, rows.split(), file, unescape(old),
                                      unescape(new)))
            else:
                faults.append(f"{place}: this is no mutant: {line}")
    return mutants, faults


def source(mutant):
    path = MODULE / mutant.file
    return path.read_text("utf-8") if path.exists() else ""


def mutate(mutant):
    """The text of its file with the change in it."""
    return source(mutant).replace(mutant.old, mutant.new)


def faults_of(mutant, tests):
    """@tests: {id of a row: the unit tests of the core that it names}."""
    times = source(mutant).count(mutant.old)
    if times != 1:
        yield f"{mutant.place}: {mutant.file} has '{mutant.old}' {times} times"
    if mutant.old == mutant.new:
        yield f"{mutant.place}: it changes nothing"
    for row in mutant.rows:
        if row not in tests:
            yield f"{mutant.place}: there is no row {row}"
        elif not tests[row]:
            yield f"{mutant.place}: {row} names no unit test of the core"
