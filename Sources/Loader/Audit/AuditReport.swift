import Shared

/// What an audit found, for people and for programs.
struct AuditReport: Sendable {
    /// Loaded documents.
    var documents = 0
    var points = 0
    var findings: [AuditFinding] = []
    /// What was done about the findings; nil without `--repair`.
    var repair: AuditRepair.Result?

    var text: String {
        var parts: [String] = []
        if !findings.isEmpty {
            var table = TextTable(AuditFinding.columns)
            for finding in findings { table.add(finding.cells) }
            parts.append(table.rendered())
        }
        parts.append("\(documents) documents, \(points) points, \(findings.count) findings")
        if let repair { parts.append(repair.text) }
        return parts.joined(separator: "\n\n")
    }

    var json: [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("documents", documents)
            writer.member("points", points)
            writer.key("findings")
            writer.array { writer in for finding in findings { finding.write(to: &writer) } }
            guard let repair else { return }
            writer.key("repair")
            repair.write(to: &writer)
        }
        return writer.bytes
    }
}
