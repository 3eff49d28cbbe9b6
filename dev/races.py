"""Prints the reports that ThreadSanitizer left in a folder, but for those that are none.

Swift's ``Mutex`` is made of the kernel's futex on Linux, which ThreadSanitizer does not see: two threads that lock the same
``Mutex`` look like a race to it, in a program of ten lines, too. Such a report has, on both sides, the body of a ``withLock``
of a ``Mutex`` of the same type; as the value lies inside its ``Mutex``, the same address means the same one.
"""

import pathlib
import re
import subprocess
import sys

# The body of a `withLock` as `swift demangle` shows it, and the type of what the Mutex guards.
LOCKED = re.compile(r"closure #\d+ \((?:sending inout|inout sending) (.+?)\) (?:async )?(?:throws(?:\(.+?\))? )?-> ")


def races(text: str) -> list[str]:
    """The reports in one log, its names demangled, that are races."""
    found = []
    for report in text.split("=================="):
        if "WARNING: ThreadSanitizer" not in report:
            continue
        parts = re.split(r"\n  (?=\S)", report)
        accesses = [part for part in parts if re.match(r"(Atomic|Read|Write|Modifying|Previous)", part)]
        guarded = [set(LOCKED.findall(access)) for access in accesses[:2]]
        if len(guarded) < 2 or not guarded[0] & guarded[1]:
            found.append(report.strip())
    return found


def demangled(text: str) -> str:
    return subprocess.run(["swift", "demangle"], input=text, capture_output=True, text=True, check=True).stdout


def main(folder: str) -> int:
    logs = [path.read_text(errors="replace") for path in sorted(pathlib.Path(folder).iterdir())]
    found = [report for log in logs for report in races(demangled(log))]
    print("\n\n".join(found))
    total = sum(log.count("WARNING: ThreadSanitizer") for log in logs)
    print(f"{len(found)} races; {total - len(found)} reports about the inside of a Mutex, which are none")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
