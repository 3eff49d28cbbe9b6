import FoundationEssentials
import Shared
import TestSupport
import Testing

import class Foundation.ProcessInfo

/// The source's token is looked for wherever a run leaves something: other hosts, logs, output, messages.
@Suite(.timeLimit(.minutes(5))) struct CredentialCanaryTests {
    /// The token of the stand-in, as it is and as Basic authentication carries it.
    private func canaries() throws -> [String] {
        let environment = ProcessInfo.processInfo.environment
        guard let token = environment["OHRA_JIRA_TOKEN"], let email = environment["OHRA_JIRA_EMAIL"] else {
            throw MissingEnvironment(name: "OHRA_JIRA_TOKEN")
        }
        return [token, Data("\(email):\(token)".utf8).base64EncodedString()]
    }

    @Test func noRedirectLeadsTheTokenToAnotherHost() async throws {
        let stranger = try LoopbackServer { connection in _ = connection.readRequest() }
        defer { stranger.stop() }
        try await Fleet.with { fleet in
            for status in [301, 302, 307, 308] {
                let fault = #""kind":"redirect","status":\#(status),"body":"\#(stranger.url)/x""#
                try await fleet.tell(.post, "/faults", #"[{"match":"/search/jql","times":99,\#(fault)}]"#)
                let output = try await fleet.run(
                    "extractor", "jira", "--dry-run", "--json",
                    with: ["OHRA_LOG_LEVEL": "trace", "OHRA_JIRA_PROJECTS": "FLEET"], expecting: 1)
                for canary in try canaries() { #expect(!(output.stdout + output.stderr).contains(canary)) }
            }
        }
        #expect(stranger.acceptedConnections == 0)
    }

    @Test func logsOutputAndMessagesHoldNoToken() async throws {
        try await Fleet.with { fleet in
            let run = try await fleet.run(
                "extractor", "all", "--since", "2015-01-01", "--json",
                with: ["OHRA_LOG_LEVEL": "trace", "OHRA_FILES_PATH": ""])
            let check = try await fleet.start("ohra", ["check"], with: ["OHRA_LOG_LEVEL": "trace"]).output()
            let bodies = try await fleet.bodies(of: fleet.topology.workQueue(.documents))
            #expect(!bodies.isEmpty)
            for canary in try canaries() {
                #expect(!(run.stdout + run.stderr + check.stdout + check.stderr).contains(canary))
                for body in bodies { #expect(!String(decoding: body, as: UTF8.self).contains(canary)) }
            }
        }
    }
}
