import Shared

/// What a dry run found (DESIGN §1).
struct DryRunReport: Sendable {
    var new: [String] = []
    var changed: [String] = []
    var same = 0
    var gone: [String] = []
    /// Whether anybody looked for what is gone: only with `--prune`.
    var hasCensus = false

    mutating func append(_ other: DryRunReport) {
        new += other.new
        changed += other.changed
        same += other.same
        gone += other.gone
        hasCensus = hasCensus || other.hasCensus
    }

    /// One line per document that a run would touch, for people.
    var text: String {
        let lines =
            new.map { "new      \($0)\n" } + changed.map { "changed  \($0)\n" } + gone.map { "gone     \($0)\n" }
        let removals = hasCensus ? "\(gone.count) gone" : "gone not looked for (--prune)"
        return lines.joined()
            + "\(new.count) new, \(changed.count) changed, \(same) same, \(removals); nothing was published"
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
