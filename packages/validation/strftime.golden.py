"""What datetime.strptime takes, for strftime.test.ts: python strftime.golden.py > strftime.golden.json"""

import json
import random
from datetime import datetime

random.seed(7)
formats = [
    "%Y-%m-%d", "%d/%m/%Y", "%m/%d/%y", "%H:%M:%S", "%Y-%m-%dT%H:%M:%S.%f", "%Y-%m-%dT%H:%M:%S%z", "%d %b %Y", "%B %d, %Y",
    "%A %d %B %Y", "%a %b %d %H:%M:%S %Y", "%I:%M %p", "%Y%m%d", "%j %Y", "%m-%d", "%d.%m.", "%Y", "%c", "%x %X", "100%% %Y",
    "%Y %m  %d", "%H:%M %Z", "(%Y)", "%y%j",
]
texts = [
    "", "2024-01-05", "2024-1-5", "2024-02-30", "2024-02-29", "2023-02-29", "1900-02-29", "0000-01-01", "24-01-05", "2024-13-01",
    " 2024-01-05", "2024-01-05 ", "2024-01-05\n", "31/12/2023", "31/11/2023", "1/ 2/2023", "12/31/68", "12/31/69", "2/29/00",
    "2/29/1900", "23:59:59", "24:00:00", "23:59:60", "23:59:61", "1:2:3", "2024-01-05T10:00:00.1", "2024-01-05T10:00:00.1234567",
    "2024-01-05T10:00:00+0100", "2024-01-05T10:00:00-01:30", "2024-01-05T10:00:00Z", "2024-01-05T10:00:00z", "2024-01-05T10:00:00+1",
    "5 Jan 2024", "05 JAN 2024", "5 January 2024", "January 5, 2024", "may 31, 2024", "june 31, 2024", "Friday 05 January 2024",
    "Monday 05 January 2024", "Fri Jan  5 10:00:00 2024", "Fri Jan 5 10:00:00 2024", "10:30 AM", "10:30 pm", "0:30 AM", "13:30 PM",
    "20240105", "2024015", "366 2024", "366 2023", "000 2024", "1 2024", "02-29", "2-28", "29.02.", "28.2.", "2024", "202", "20245",
    "01/05/24 10:00:00", "100% 2024", "2024 01 05", "2024 1\t5", "10:30 UTC", "10:30 gmt", "10:30 CET", "(2024)", "2024)", "24366",
    "٢٠٢٤-01-05", "2024–01–05",
]


def takes(text, format):
    try:
        datetime.strptime(text, format)
        return True
    except ValueError:
        return False


print(json.dumps([{"format": f, "taken": [t for t in texts if takes(t, f)]} for f in formats] + [{"texts": texts}], ensure_ascii=False))
