import Shared

/// A trace for people and for programs.
struct TraceView {
    let trace: DocumentTrace
    let verdict: TraceVerdict

    init(_ trace: DocumentTrace) {
        self.trace = trace
        verdict = TraceVerdict(trace)
    }

    func text(for terminal: Terminal) -> String {
        var head = [terminal.styled(trace.documentID.terminalSafe, .bold)]
        if let marker = trace.marker { head += [marker.title, marker.url].filter { !$0.isEmpty }.map(\.terminalSafe) }
        var parts = [head.joined(separator: "\n"), verdict.text.terminalSafe]
        parts += [registry, points, journal].filter { !$0.isEmpty }.map { $0.rendered(for: terminal) }
        if !trace.dead.isEmpty { parts.append(Letter.text(trace.dead.map(\.letter), for: terminal)) }
        parts.append(
            trace.journalBegin.map { "The journal was read from \($0) on." } ?? "The journal is empty.")
        return parts.joined(separator: "\n\n")
    }

    var registry: TextTable {
        var table = TextTable([
            .init("registry"), .init("revision", .right), .init("epoch", .right), .init("chunks", .right),
            .init("version key", isFlexible: true), .init("run"), .init("committed"),
        ])
        for commit in trace.commits {
            let marker = commit.marker
            table.add([
                marker.state.rawValue, "\(marker.version.revision)", "\(marker.version.epoch)", "\(marker.chunkCount)",
                marker.versionKey, commit.run, commit.committedAt,
            ])
        }
        return table
    }

    var points: TextTable {
        var table = TextTable([
            .init("points", .right), .init("revision", .right), .init("epoch", .right), .init("fingerprint"),
        ])
        for (state, chunks) in sortedPoints {
            table.add([
                "\(chunks.count)", "\(state.version.revision)", "\(state.version.epoch)", state.fingerprint,
            ])
        }
        return table
    }

    var journal: TextTable {
        var table = TextTable([
            .init("journal"), .init("revision", .right), .init("epoch", .right), .init("what"),
            .init("messages", .right), .init("run"), .init("published"),
        ])
        for sighting in trace.journal {
            let what =
                if sighting.isDeleted {
                    "deletion"
                } else if let count = sighting.chunkCount {
                    "\(sighting.chunks.count) of \(count) chunks"
                } else {
                    "document"
                }
            table.add([
                sighting.stage.rawValue, "\(sighting.version.revision)", "\(sighting.version.epoch)", what,
                "\(sighting.messages)", sighting.run, sighting.first?.description ?? "",
            ])
        }
        return table
    }

    private var sortedPoints: [(key: ChunkPoint.State, value: Set<Int>)] { trace.points.sorted { $0.key > $1.key } }

    var json: [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("document_id", trace.documentID)
            writer.member("state", verdict.state.rawValue)
            writer.member("detail", verdict.text)
            writer.key("registry")
            writer.array { writer in for commit in trace.commits { Self.write(commit, to: &writer) } }
            writer.key("points")
            writer.array { writer in
                for (state, chunks) in sortedPoints {
                    writer.object { writer in
                        writer.member("points", chunks.count)
                        writer.member("revision", state.version.revision)
                        writer.member("epoch", state.version.epoch)
                        writer.member("fingerprint", state.fingerprint)
                    }
                }
            }
            writer.key("journal")
            writer.array { writer in for sighting in trace.journal { Self.write(sighting, to: &writer) } }
            writer.key("dead")
            writer.array { writer in for dead in trace.dead { dead.letter.write(to: &writer) } }
            writer.key("journal_begin")
            Self.write(trace.journalBegin, to: &writer)
        }
        return writer.bytes
    }

    private static func write(_ commit: Commit, to writer: inout JSONWriter) {
        let marker = commit.marker
        writer.object { writer in
            writer.member("state", marker.state.rawValue)
            writer.member("revision", marker.version.revision)
            writer.member("epoch", marker.version.epoch)
            writer.member("chunk_count", marker.chunkCount)
            writer.member("version_key", marker.versionKey)
            writer.member("fingerprint", marker.fingerprint)
            writer.member("title", marker.title)
            writer.member("url", marker.url)
            writer.member("scope", marker.scope)
            writer.member("run", commit.run)
            writer.member("committed_at", commit.committedAt)
        }
    }

    private static func write(_ sighting: Sighting, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("queue", sighting.stage.rawValue)
            writer.member("revision", sighting.version.revision)
            writer.member("epoch", sighting.version.epoch)
            writer.member("deleted", sighting.isDeleted)
            if let count = sighting.chunkCount {
                writer.member("chunks", sighting.chunks.count)
                writer.member("chunk_count", count)
            }
            writer.member("messages", sighting.messages)
            writer.member("run", sighting.run)
            writer.key("first_at")
            write(sighting.first, to: &writer)
            writer.key("last_at")
            write(sighting.last, to: &writer)
        }
    }

    private static func write(_ moment: Timestamp?, to writer: inout JSONWriter) {
        if let moment { writer.value(moment.description) } else { writer.null() }
    }
}
