import Shared

/// What a comparison found, for people and for programs.
struct TopologyReport: Sendable {
    let findings: [TopologyFinding]
    let address: String

    var exit: ProgramExit { findings.isEmpty ? .done : .configuration }

    var text: String {
        if findings.isEmpty { return "The topology at \(address) is as it should be." }
        var table = TextTable([
            .init("what"), .init("problem", isFlexible: true), .init("what to do", isFlexible: true),
        ])
        for finding in findings { table.add([finding.thing, finding.problem, finding.remedy]) }
        return table.rendered()
    }

    var json: [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("ok", findings.isEmpty)
            writer.key("findings")
            writer.array { writer in
                for finding in findings {
                    writer.object { writer in
                        writer.member("thing", finding.thing)
                        writer.member("problem", finding.problem)
                        writer.member("remedy", finding.remedy)
                    }
                }
            }
        }
        return writer.bytes
    }
}
