import ArgumentParser
import Shared

/// `loader migrate`: to a new model or dimension without an hour in which nothing is found.
struct MigrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate", abstract: "Let searches use a collection that was loaded beside the old one.",
        discussion: """
            A second fleet with the new embedding settings, an OHRA_AMQP_PREFIX and an OHRA_QDRANT_COLLECTION of its own loads
            the new collection while the first one goes on. This command compares the two and, when nothing is missing, moves
            the names that everybody uses in one step. The former collection is kept until --drop deletes it, and migrating to
            it goes back. docs/OPERATIONS.md has the whole way.

            EXAMPLES
              loader migrate ohra_next           switch if ohra_next holds everything, else say what is missing
              loader migrate ohra_next --wait    switch as soon as it does
              loader migrate --drop ohra_v1      delete the former collection
            """)

    @Argument(help: "The OHRA_QDRANT_COLLECTION of the fleet that loaded the new collection, or the collection itself.")
    var next: String?

    @Flag(help: "Wait until nothing is missing.")
    var wait = false

    @Option(help: ArgumentHelp("Delete this collection and its registry.", valueName: "collection"))
    var drop: String?

    @Flag(help: "Switch although documents are missing; delete although another name stands for the collection.")
    var force = false

    @OptionGroup var common: CommonOptions

    func validate() throws {
        guard (next == nil) != (drop == nil) else {
            throw ValidationError("give either the collection to switch to or --drop with the one to delete")
        }
        for name in [next, drop].compactMap({ $0 }) where !QdrantSettings.isValidName(name) {
            throw ValidationError("'\(name)' is no name of a collection")
        }
    }

    func run() async throws {
        try await Program.run("loader", common) { settings in
            QdrantSettings(&settings)
        } work: { _, settings in
            let client = QdrantClient(transport: CurlTransport(), settings: settings)
            if let drop {
                try await Migration.drop(drop, force: force, client)
                StandardStreams.shared.print("Deleted '\(drop)' and its registry.")
                return .done
            }
            return try await migrate(Migration(client, to: next ?? ""))
        }
    }

    private func migrate(_ migration: Migration) async throws -> ProgramExit {
        let gap = try await withProgress(migration.next.collection, unit: "documents") { progress in
            var gap = try await migration.gap()
            while true {
                progress.update(completed: gap.documents - gap.behind, total: gap.documents)
                guard wait, gap.behind > 0, !force else { return gap }
                try await Task.sleep(for: .seconds(3))
                gap = try await migration.gap()
            }
        }
        guard gap.behind == 0 || force else {
            StandardStreams.shared.print(
                "\(gap.behind) of \(gap.documents) documents are missing in '\(migration.next.collection)' or older there, "
                    + "among them \(gap.examples.joined(separator: ", ")). Nothing was switched.")
            return .incomplete
        }
        try await migration.switchAliases()
        StandardStreams.shared.print(
            "'\(migration.settings.collection)' is now '\(migration.next.collection)', with \(gap.documents - gap.behind) of "
                + "\(gap.documents) documents. The former '\(migration.current.collection)' is kept; to delete it: "
                + "loader migrate --drop \(migration.current.collection)")
        return .done
    }
}
