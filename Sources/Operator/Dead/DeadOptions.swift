import ArgumentParser
import Shared

/// Which dead letters a command is about.
struct DeadOptions: ParsableArguments {
    /// The dead-letter queues by the stage they belong to.
    enum Queue: String, CaseIterable, ExpressibleByArgument {
        case documents
        case vectors
    }

    @Option(help: "Only this queue.")
    var queue: Queue?

    @Option(help: "Only those of this source, for example jira.")
    var source: String?

    @Option(help: "Only those that hold this document id.")
    var document: String?

    @Option(help: "Only those with this reason, for example undecodable.")
    var reason: String?

    @Option(help: "Only those of this extractor run.")
    var run: String?

    var stages: [Topology.Stage] {
        switch queue {
        case nil: Topology.Stage.allCases
        case .documents: [.documents]
        case .vectors: [.vectors]
        }
    }

    /// - Parameter ids: those that are named; empty for any.
    func filter(_ ids: [String] = []) -> LetterFilter {
        LetterFilter(
            ids: ids.isEmpty ? nil : Set(ids), source: source, document: document, reason: reason, run: run)
    }

    /// - Throws: `ValidationError` when nothing says which letters are meant.
    func requireChoice(_ ids: [String], all: Bool) throws {
        let isFiltered = [source, document, reason, run].contains { $0 != nil }
        guard all || isFiltered || !ids.isEmpty else {
            throw ValidationError(
                "say which dead letters: ids from `ohra dead list`, a filter such as --reason, or --all")
        }
        if all, !ids.isEmpty { throw ValidationError("give either ids or --all") }
    }
}
