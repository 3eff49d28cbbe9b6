from dev.races import races

FRAME = "    #0 {} /work/Sources/A.swift:1:2 (test+0x1)\n    #1 pop queue.c (libdispatch.so+0x2)\n"
LOCKED = FRAME.format("closure #1 (sending inout Shared.Queue.State) -> Swift.Bool in Shared.Queue.take() -> ()")
OTHER = FRAME.format("closure #2 (sending inout Shared.Line.State) throws -> () in Shared.Line.draw() -> ()")
OPEN = FRAME.format("Shared.Queue.take() -> ()")


def report(first: str, second: str) -> str:
    return (
        "==================\nWARNING: ThreadSanitizer: Swift access race (pid=1)\n"
        f"  Modifying access of Swift variable at 0x1 by thread T1:\n{first}\n"
        f"  Previous modifying access of Swift variable at 0x1 by thread T2:\n{second}\n"
        f"  Location is heap block of size 8 at 0x1 allocated by main thread:\n{LOCKED}\n"
        "SUMMARY: ThreadSanitizer: Swift access race\n==================\n"
    )


def test_two_that_lock_are_no_race():
    assert races(report(LOCKED, LOCKED)) == []
    assert races("") == [] and races("ThreadSanitizer: reported 0 warnings\n") == []


def test_one_that_does_not_lock_is():
    log = report(LOCKED, LOCKED) + report(OPEN, LOCKED) + report(LOCKED, OPEN)
    assert len(races(log)) == 2


def test_two_that_lock_different_things_are():
    assert len(races(report(LOCKED, OTHER))) == 1
    assert races(report(OTHER + LOCKED, LOCKED)) == []


def test_what_is_not_understood_is_shown():
    assert len(races("==================\nWARNING: ThreadSanitizer: thread leak (pid=1)\n==================\n")) == 1
