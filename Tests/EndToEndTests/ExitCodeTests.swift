import Shared
import Testing

/// What a user sees when something is wrong: the exit code of sysexits and one line that names it.
@Suite(.timeLimit(.minutes(2))) struct ExitCodeTests {
    private func run(_ program: String, _ arguments: [String], _ variables: [String: String]) async throws
        -> ProgramRun.Output
    {
        try await ProgramRun(program, arguments, variables: variables).output()
    }

    @Test(arguments: [
        ("OHRA_CHUNK_SIZE", "many"), ("OHRA_AMQP_URL", "http://127.0.0.1"), ("OHRA_QDRANT_URL", "nonsense"),
        ("OHRA_EMBEDDING_PROVIDER", "magic"), ("OHRA_LOG_LEVEL", "loud"), ("OHRA_ADMIN_PORT", "99999"),
        ("OHRA_QDRANT_API_KEY_FILE", "/nowhere/key"), ("OHRA_AMQP_PREFIX", "a/b"),
    ])
    func faultySettingIsNamedAndExits78(name: String, value: String) async throws {
        let output = try await run("transformer", ["--drain"], [name: value])
        #expect(output.status == 78)
        #expect(output.stderr.contains(name))
        #expect(output.stdout.isEmpty)
    }

    @Test func missingTokenIsNamedAndExits78() async throws {
        let output = try await run("extractor", ["jira"], ["OHRA_JIRA_TOKEN": ""])
        #expect(output.status == 78)
        #expect(output.stderr.contains("OHRA_JIRA_TOKEN"))
    }

    @Test func everyFaultIsReportedAtOnce() async throws {
        let output = try await run(
            "transformer", [], ["OHRA_CHUNK_SIZE": "0", "OHRA_ADMIN_PORT": "x", "OHRA_AMQP_URL": "ftp://x"])
        for name in ["OHRA_CHUNK_SIZE", "OHRA_ADMIN_PORT", "OHRA_AMQP_URL"] { #expect(output.stderr.contains(name)) }
    }

    @Test(arguments: ["extractor all", "transformer", "loader", "ohra check"])
    func wrongBrokerPasswordExits77(command: String) async throws {
        let words = command.split(separator: " ").map { String($0) }
        let output = try await run(words[0], Array(words.dropFirst()), ["OHRA_AMQP_PASSWORD": "canary-secret-5512"])
        #expect(output.status == 77, "\(output.stderr)")
        #expect(!(output.stderr + output.stdout).contains("canary-secret-5512"))
    }

    @Test func wrongTokenExits77AndIsNotShown() async throws {
        let output = try await run("extractor", ["jira"], ["OHRA_JIRA_TOKEN": "canary-secret-5513"])
        #expect(output.status == 77, "\(output.stderr)")
        #expect(!(output.stderr + output.stdout).contains("canary-secret-5513"))
    }

    @Test(arguments: ["extractor all", "transformer --drain", "loader --drain", "ohra check", "ohra search word"])
    func deadServerExits69FromOneShotCommands(command: String) async throws {
        let words = command.split(separator: " ").map { String($0) }
        for name in ["OHRA_AMQP_URL", "OHRA_QDRANT_URL"] {
            if name == "OHRA_AMQP_URL", command.hasPrefix("ohra search") { continue }
            let url = name == "OHRA_AMQP_URL" ? "amqp://127.0.0.1:1" : "http://127.0.0.1:1"
            let output = try await run(words[0], Array(words.dropFirst()), [name: url])
            #expect(output.status == 69, "\(command) without \(name): \(output.stderr)")
        }
    }

    @Test func usageFaultExits64() async throws {
        #expect(try await run("extractor", ["everything"], [:]).status == 64)
        #expect(try await run("extractor", ["all", "--since", "yesterday"], [:]).status == 64)
        #expect(try await run("loader", ["--idle", "-1"], [:]).status == 64)
    }

    @Test(arguments: ["extractor", "transformer", "loader", "ohra"]) func helpShowsExamples(program: String)
        async throws
    {
        let output = try await run(program, ["--help"], [:])
        #expect(output.status == 0)
        #expect(output.stdout.contains("EXAMPLES"))
    }

    @Test func workerKeepsTryingWhenTheBrokerIsDeadAndStopsOnSIGTERM() async throws {
        let worker = try ProgramRun("loader", [], variables: ["OHRA_AMQP_URL": "amqp://127.0.0.1:1"])
        try await worker.waitForStandardError(containing: "Waiting for a server")
        worker.terminate()
        let output = try await worker.output()
        #expect(output.status == 0 || output.status == 15, "\(output.stderr)")
    }
}
