import ArgumentParser
import Embedding
import Platforms
import Shared

/// `ohra check`: tries every setting, credential and server that the fleet needs. Sends no document.
struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Try every setting, credential and server, and say what is wrong with each.")

    @Flag(help: "Print one JSON value.")
    var json = false

    @OptionGroup var common: CommonOptions

    func run() async throws {
        try await Program.run("ohra", common) { settings in
            let transport = CurlTransport()
            _ = ChunkSettings(&settings)
            _ = AdminSettings(&settings)
            _ = SparseSettings(&settings)
            return FleetCheck(
                broker: BrokerSettings(from: &settings), qdrant: QdrantSettings(&settings),
                embedding: EmbeddingSettings(&settings),
                sources: SourceRegistry.configured("all", from: &settings, transport: transport), transport: transport)
        } work: { program, check in
            let results = await check.run(for: program)
            if json {
                StandardStreams.shared.print(bytes: CheckResult.json(results))
            } else {
                StandardStreams.shared.print(CheckResult.text(results, for: .standardOutput))
            }
            // The gravest code: settings before credentials before servers.
            let codes = results.compactMap { $0.failure?.exitCode }
            return codes.max().flatMap(ProgramExit.init(rawValue:)) ?? .done
        }
    }
}
