"""Prints the reports that ThreadSanitizer left in a folder, but for those that are none.

Swift's ``Mutex`` is made of the kernel's futex on Linux, which ThreadSanitizer does not see: two threads that lock the same
``Mutex`` look like a race to it, in a program of ten lines, too. Such a report has the body of a ``withLock`` on both sides.
"""

import pathlib
import re
import sys

# The end of a closure's mangled name that takes an `inout sending` value, as only that of `withLock` does here.
LOCKED = "YuYTXEfU"


def races(text: str) -> list[str]:
    """The reports in one log that are races."""
    found = []
    for report in text.split("=================="):
        if "WARNING: ThreadSanitizer" not in report:
            continue
        parts = re.split(r"\n  (?=\S)", report)
        accesses = [part for part in parts if re.match(r"(Atomic|Read|Write|Modifying|Previous)", part)]
        if len(accesses) < 2 or not all(LOCKED in access for access in accesses[:2]):
            found.append(report.strip())
    return found


def main(folder: str) -> int:
    logs = [path.read_text(errors="replace") for path in sorted(pathlib.Path(folder).iterdir())]
    found = [report for log in logs for report in races(log)]
    print("\n\n".join(found))
    total = sum(log.count("WARNING: ThreadSanitizer") for log in logs)
    print(f"{len(found)} races; {total - len(found)} reports about the inside of a Mutex, which are none")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
