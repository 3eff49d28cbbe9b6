import Shared

/// One thing that was tried.
struct CheckResult: Sendable {
    struct Failure: Sendable {
        let message: String
        let exitCode: Int32
    }

    let subject: String
    /// What was found when it works.
    var finding = ""
    var failure: Failure?

    /// Tries `body`, which says what it found.
    static func of(_ subject: String, _ body: () async throws -> String) async -> CheckResult {
        do {
            return CheckResult(subject: subject, finding: try await body())
        } catch {
            let code = (error as? any ExitCoded)?.exitCode ?? ProgramExit.incomplete.rawValue
            return CheckResult(subject: subject, failure: Failure(message: "\(error)", exitCode: code))
        }
    }

    static func text(_ results: [CheckResult], for terminal: Terminal) -> String {
        table(results).rendered(for: terminal)
    }

    static func table(_ results: [CheckResult]) -> TextTable {
        var table = TextTable([.init("check"), .init(""), .init("finding", isFlexible: true)])
        for result in results {
            table.add([
                result.subject, result.failure == nil ? "ok" : "FAILED", result.failure?.message ?? result.finding,
            ])
        }
        return table
    }

    static func json(_ results: [CheckResult]) -> [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("ok", results.allSatisfy { $0.failure == nil })
            writer.key("checks")
            writer.array { writer in
                for result in results {
                    writer.object { writer in
                        writer.member("check", result.subject)
                        writer.member("ok", result.failure == nil)
                        writer.member("finding", result.failure?.message ?? result.finding)
                    }
                }
            }
        }
        return writer.bytes
    }
}
