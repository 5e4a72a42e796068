"""Prints when each zone's offset changes from 1970 to 2100: its name, the offset at 1970, and MOMENT:OFFSET of each
change. Zones come on standard input, one a line: names, which Python's zoneinfo knows, and rules as the variable TZ has
them, which the C library does."""

import os
import sys
import time
from datetime import datetime
from zoneinfo import TZPATH, ZoneInfo

END = 4133980800  # 2101-01-01
# No offset lasts less than a week.
STEP = 7 * 86400


def of_name(name):
    zone = ZoneInfo(name)
    return lambda moment: int(datetime.fromtimestamp(moment, zone).utcoffset().total_seconds())


def of_rule(rule):
    os.environ["TZ"] = rule
    time.tzset()
    return lambda moment: time.localtime(moment).tm_gmtoff


def changes(offset):
    known = offset(0)
    found = [str(known)]
    for moment in range(0, END, STEP):
        end = min(moment + STEP, END)
        new = offset(end)
        if new == known:
            continue
        low, high = moment, end
        while high - low > 1:
            middle = (low + high) // 2
            if offset(middle) == new:
                high = middle
            else:
                low = middle
        found.append(f"{high}:{new}")
        known = new
    return " ".join(found)


seen = {}
for zone in sys.stdin.read().split():
    if "," in zone:
        print(zone, changes(of_rule(zone)))
        continue
    file = os.path.realpath(os.path.join(TZPATH[0], zone))
    if file not in seen:
        seen[file] = changes(of_name(zone))
    print(zone, seen[file])
