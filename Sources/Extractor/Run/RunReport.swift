import Shared

/// What one run did; `--json` prints it (DESIGN §1).
struct RunReport: Sendable {
    struct SourceCounts: Sendable, Equatable {
        var source: String
        var listed = 0
        var new = 0
        var changed = 0
        /// Known in this version; `--full` publishes them all the same.
        var same = 0
        /// Known in this version and not published.
        var skipped = 0
        var published = 0
        var removed = 0
        /// Scopes that could not be read to their end, and brakes hit.
        var failed = 0
    }

    let run: String
    var sources: [SourceCounts] = []

    /// Whether every scope of every source was read to its end.
    var isComplete: Bool { sources.allSatisfy { $0.failed == 0 } }

    /// A table for people.
    var text: String {
        var table = TextTable([
            .init("source"), .init("listed", .right), .init("new", .right), .init("changed", .right),
            .init("skipped", .right), .init("published", .right), .init("removed", .right), .init("failed", .right),
        ])
        for counts in sources {
            let numbers = [
                counts.listed, counts.new, counts.changed, counts.skipped, counts.published, counts.removed,
                counts.failed,
            ]
            table.add([counts.source] + numbers.map { String($0) })
        }
        return table.rendered() + (isComplete ? "" : "\nincomplete: see the errors above")
    }

    var json: [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("run", run)
            writer.member("complete", isComplete)
            writer.key("sources")
            writer.array { writer in
                for counts in sources {
                    writer.object { writer in
                        writer.member("source", counts.source)
                        writer.member("listed", counts.listed)
                        writer.member("new", counts.new)
                        writer.member("changed", counts.changed)
                        writer.member("skipped", counts.skipped)
                        writer.member("published", counts.published)
                        writer.member("removed", counts.removed)
                        writer.member("failed", counts.failed)
                    }
                }
            }
        }
        return writer.bytes
    }
}
