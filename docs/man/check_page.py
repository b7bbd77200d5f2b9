#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""check_page.py PAGE KERNEL-FOLDER -- proves that hrtcp.7 names every variable of sysctl.c and every
TCP option of sockopt.c, and none that is not there."""

import re
import sys


def main():
    page = open(sys.argv[1], encoding="ascii").read()
    sysctl = open(f"{sys.argv[2]}/sysctl.c", encoding="ascii").read()
    sockopt = open(f"{sys.argv[2]}/sockopt.c", encoding="ascii").read()

    table = re.search(r"settings\[\] = \{(.*?)\n\};", sysctl, re.S)[1]
    variables = set(re.findall(r'\{ "(\w+)"', table))
    described = set(re.findall(r"\w+", " ".join(re.findall(r"^\.It Va (.*)$", page, re.M))))
    options = set(re.findall(r"(?:SOL_TCP, |\{ |== )(TCP_[A-Z]\w+)", sockopt))
    told = set(re.findall(r"^\.It Dv (TCP_\w+)", page, re.M))

    faults = [f"variable {name} is not described" for name in sorted(variables - described)]
    faults += [f"there is no variable {name}" for name in sorted(described - variables)]
    faults += [f"option {name} is not described" for name in sorted(options - told)]
    faults += [f"there is no option {name}" for name in sorted(told - options)]
    print("\n".join(faults))
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
