import Shared

/// What one run did; `--json` prints it (DESIGN §1).
struct RunReport: Sendable {
    struct SourceCounts: Sendable {
        var source: String
        var listed = 0
        var new = 0
        var changed = 0
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

/// What a dry run found (DESIGN §1).
struct DryRunReport: Sendable {
    var new: [String] = []
    var changed: [String] = []
    var same = 0
    var gone: [String] = []

    mutating func append(_ other: DryRunReport) {
        new += other.new
        changed += other.changed
        same += other.same
        gone += other.gone
    }

    /// One line per document that a run would touch, for people.
    var text: String {
        let lines =
            new.map { "new      \($0)\n" } + changed.map { "changed  \($0)\n" } + gone.map { "gone     \($0)\n" }
        return lines.joined()
            + "\(new.count) new, \(changed.count) changed, \(same) same, \(gone.count) gone; nothing was published"
    }

    var json: [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("new", new)
            writer.member("changed", changed)
            writer.member("same", same)
            writer.member("gone", gone)
        }
        return writer.bytes
    }
}
