"""Prints what each worker of the demo took, from its JSON log; fails when one took more memory than it should.

python dev/demo_report.py FOLDER-OF-LOGS
"""

import json
import pathlib
import sys

LIMIT_MB = 60
# A transformer holds the model besides: 1.3 times its 91 MB.
MODEL_MB = 118


def main(folder: pathlib.Path) -> int:
    status = 0
    for path in sorted(folder.glob("*.log")):
        lines = [json.loads(line) for line in path.read_text().splitlines() if line.startswith("{")]
        stopped = next((line for line in reversed(lines) if line["message"] == "Stopped"), None)
        if stopped is None:
            print(f"{path.stem}: ended without saying so")
            status = 1
            continue
        peak = int(stopped["memory.peak_mb"])
        deliveries = stopped["deliveries"]
        limit = LIMIT_MB + (MODEL_MB if path.stem.startswith("transformer") else 0)
        verdict = "" if peak < limit else f"  more than {limit} MB"
        print(f"  {path.stem:<14} {deliveries:>4} messages, peak memory {peak} MB{verdict}")
        if peak >= limit:
            status = 1
        for line in lines:
            if line["level"] in ("warning", "error", "critical"):
                print(f"  {path.stem}: {line['level']}: {line['message']}")
    return status


sys.exit(main(pathlib.Path(sys.argv[1])))
