#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""check_page.py PAGE KERNEL-FOLDER -- proves that hrtcp.7 names every variable of sysctl, with its
default and bounds, and every option of SOL_TCP and SOL_HRTCP, and none that is not there."""

import re
import sys

CONSTANTS = {"HRTCP_S_US": 10**6, "HRTCP_HOUR_US": 3600 * 10**6, "HRTCP_DAY_US": 86400 * 10**6}
UNITS = {"US": 10**3, "MS": 10**6, "S": 10**9}
ROW = re.compile(r"^\tX\((\w+),\s*(\w+),\s*(\w+),\s*(.+?),\s*(.+?),\s*(\w+)\)", re.M)


def read(path):
    with open(path, encoding="ascii") as file:
        return file.read()


def defaults(folder):
    """Of the fields of struct hrtcp_cfg, as config.c has them; what it leaves out is 0."""
    text = read(f"{folder}/../core/config.c")
    names = {"MS": lambda n: n * 10**6, "SEC": lambda n: n * 10**9, "true": 1, "false": 0}
    header = read(f"{folder}/../core/config.h")
    for body in re.findall(r"^enum \w+ \{$(.*?)^\};", header, re.M | re.S):
        names.update({name: i for i, name in enumerate(re.findall(r"^\t(\w+),", body, re.M))})
    return {field: int(eval(value, names))
            for field, value in re.findall(r"^\t\.(\w+) = ([^,]+),", text, re.M)}


def settings(folder):
    """name: (default, least, most), and the options."""
    known = defaults(folder)
    values, options = {}, {}
    for name, kind, field, least, most, option in ROW.findall(read(f"{folder}/settings_list.h")):
        default = known.get(field, 0) // UNITS.get(kind, 1)
        values[name] = tuple([default] + [eval(n, CONSTANTS) for n in (least, most)])
        if option != "0":
            options[option] = name
    return values, options


def compare(what, there, told):
    faults = [f"{what} {name} is not described" for name in sorted(there - told)]
    return faults + [f"there is no {what} {name}" for name in sorted(told - there)]


def main():
    page, folder = read(sys.argv[1]), sys.argv[2]
    values, options = settings(folder)
    others = set(re.findall(r'^\t\[\w+\] = "(\w+)"', read(f"{folder}/sysctl.c"), re.M))
    tcp = set(re.findall(r"(?:SOL_TCP, |\{ |== )(TCP_[A-Z]\w+)", read(f"{folder}/sockopt.c")))

    told = {name: tuple(map(int, numbers)) for name, *numbers in
            re.findall(r"^\.It Va (\w+) No = (\d+) Pq (\d+) to (\d+)$", page, re.M)}
    plain = re.findall(r"^\.It Va ((?:\w+ , )*\w+)$", page, re.M)
    faults = compare("variable", set(values), set(told))
    faults += compare("variable", others, set(re.findall(r"\w+", " ".join(plain))))
    faults += [f"{name} is {told[name]}, not {values[name]}" for name in values
               if name in told and told[name] != values[name]]
    faults += compare("option", tcp, set(re.findall(r"^\.It Dv (TCP_\w+)", page, re.M)))
    own = dict(re.findall(r"^\.It Dv (HRTCP_SO_\w+)\n\.Va (\w+)$", page, re.M))
    faults += compare("option", set(options.items()), set(own.items()))
    print("\n".join(map(str, faults)))
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
