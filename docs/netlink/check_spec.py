#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""check_spec.py SPEC HEADER -- proves that hrtcp.yaml and hrtcp.h have the same names, in the
same order, with the same types. Needs no YAML library: it reads only the shape that
the spec has, a key a line and list items that begin with a dash on a line of their own."""

import re
import sys

SCALARS = ("u8", "u16", "u32", "u64", "flag", "nest")


def read_spec(path):
    """{section: [(item, [names], [types])]}, and the family's name."""
    sections, family, section = {}, None, None
    for line in open(path, encoding="ascii"):
        match = re.match(r"( *)([\w-]+):(?: (.*?))?\s*$", line)
        if not match:
            continue
        indent, key, value = len(match[1]), match[2], match[3]
        if indent == 0:
            section = key
            if key == "name":
                family = value
            sections[section] = []
        elif key == "name" and value:
            top = 6 if section in ("operations", "mcast-groups") else 4
            if indent == top:
                sections[section].append((value, [], []))
            elif indent == 8:
                sections[section][-1][1].append(value)
        elif key == "type" and indent == 8:
            sections[section][-1][2].append(value)
    return sections, family


def x_macro(header, name):
    body = re.search(rf"#define {name}\(X\)(.*?)\n\s*\n", header, re.S)[1]
    return [spelled(n) for n in re.findall(r"X\((\w+),", body)]


def enum(header, name, prefix):
    """Names and the first word of each comment, without the first, which stands for nothing."""
    body = re.search(rf"enum {name} {{(.*?)}};", header, re.S)[1]
    rows = re.findall(rf"\b{prefix}(\w+),(?:\s*/\* (\w+))?", body)
    return [spelled(n) for n, _ in rows][1:], [t for _, t in rows][1:]


def spelled(name):
    return name.lower().replace("_", "-")


def compare(what, spec, header):
    if spec == header:
        return 0
    print(f"{what}: the spec has\n  {spec}\nand the header\n  {header}")
    return 1


def compare_types(names, spec, header):
    """Binary attributes are described in words in the header."""
    faults = 0
    for name, ours, theirs in zip(names, spec, header):
        if theirs in SCALARS:
            faults += compare(f"type of {name}", ours, theirs)
    return faults


def main():
    sections, family = read_spec(sys.argv[1])
    header = open(sys.argv[2], encoding="ascii").read()
    definitions = {name: names for name, names, _ in sections["definitions"]}
    sets = {name: (names, types) for name, names, types in sections["attribute-sets"]}
    attributes, types = enum(header, "hrtcp_attr", "HRTCP_A_")
    groups = re.findall(r'#define HRTCP_GENL_MCGRP_\w+\s+"(\w+)"', header)
    name = re.search(r'#define HRTCP_GENL_NAME\s+"(\w+)"', header)[1]

    faults = compare("family", family, name)
    for name, macro in (("state", "HRTCP_STATES"), ("cause", "HRTCP_CAUSES"),
                        ("drop-reason", "HRTCP_DROPS"), ("timer", "HRTCP_TIMERS")):
        faults += compare(name, definitions[name], x_macro(header, macro))
    faults += compare("attributes", sets["hrtcp"][0], attributes)
    faults += compare_types(attributes, sets["hrtcp"][1], types)
    faults += compare("stats", sets["stats"][0], x_macro(header, "HRTCP_STATS"))
    faults += compare("drops", sets["drops"][0], x_macro(header, "HRTCP_DROPS"))
    faults += compare("operations", [o[0] for o in sections["operations"]],
                      enum(header, "hrtcp_cmd", "HRTCP_CMD_")[0])
    faults += compare("groups", [g[0] for g in sections["mcast-groups"]], groups)
    sys.exit(faults != 0)


if __name__ == "__main__":
    main()
