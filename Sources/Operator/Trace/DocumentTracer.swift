import FoundationEssentials
import Logging
import Shared

/// Looks for one document everywhere.
///
/// In the direction in which it travels, the collection last: what moves on meanwhile is seen further on, and what the journal
/// has seen stays seen. Work and retry queues are not looked into, which would take deliveries away from the workers.
struct DocumentTracer {
    let documentID: String
    /// Where in the journal to begin; nil for its beginning.
    let since: Date?
    let deadLetters: DeadLetters
    let client: QdrantClient
    let registry: Registry

    func run(_ progress: ProgressLine) async throws -> DocumentTrace {
        var trace = DocumentTrace(documentID: documentID)
        try await readJournal(&trace, progress)
        try await readDeadLetters(&trace)
        // The registry before the points: a state that is committed in between has its points by then.
        trace.commits = try await registry.commits(of: documentID)
        try await readPoints(&trace)
        return trace
    }

    private func readJournal(_ trace: inout DocumentTrace, _ progress: ProgressLine) async throws {
        let journal = Journal(broker: deadLetters.broker, logger: deadLetters.logger)
        let publisher = deadLetters.publisher(patience: .seconds(30))
        var found = trace
        do {
            try await publisher.connect()
            try await journal.read(since: since, marking: publisher) { cursor in
                while let entry = try await cursor.next() {
                    progress.update(completed: cursor.progress.completed, total: cursor.progress.total)
                    note(entry, in: &found)
                }
            }
            await publisher.close()
        } catch {
            await publisher.close()
            throw error
        }
        trace = found
    }

    private func note(_ entry: JournalEntry, in trace: inout DocumentTrace) {
        let published = entry.properties.publishedAt
        // The broker starts a little before the moment it was asked for. AMQP timestamps are whole seconds.
        if let since, let published, Double(published.milliseconds) / 1000 < since.timeIntervalSince1970.rounded(.down)
        {
            return
        }
        if trace.journalBegin == nil { trace.journalBegin = published }
        guard let stage = Topology.Stage.allCases.first(where: { $0.messageType == entry.properties.type }) else {
            return
        }
        do {
            let sightings = try Sighting.all(of: documentID, in: entry.body, entry.properties, stage: stage)
            for sighting in sightings { trace.note(sighting) }
        } catch {
            deadLetters.logger.warning(
                "A message of the journal cannot be decoded and is left out",
                metadata: [LogKey.errorDetail: "\(error)", "journal.offset": "\(entry.offset)"])
        }
    }

    private func readDeadLetters(_ trace: inout DocumentTrace) async throws {
        for queue in deadLetters.queues {
            var found: [DocumentTrace.Dead] = []
            try await queue.visit { batch in
                for held in batch where !held.isCopy && held.letter.documents.contains(documentID) {
                    // One that is no JSON is dead for that reason.
                    let sightings = try? Sighting.all(
                        of: documentID, in: held.delivery.body, held.delivery.properties, stage: queue.stage)
                    found.append(DocumentTrace.Dead(letter: held.letter, version: sightings?.map(\.version).max()))
                }
                return true
            }
            trace.dead += found
        }
    }

    private func readPoints(_ trace: inout DocumentTrace) async throws {
        guard try await client.collectionExists(client.settings.collection) else { return }
        let filter = QdrantFilter(must: [.match("document_id", documentID)])
        for try await page in client.pages(
            of: client.settings.collection, filter: filter, payload: ChunkPoint.fields, pageSize: 1000)
        {
            for point in page.compactMap({ ChunkPoint(id: $0.id, payload: $0.payload) }) {
                trace.points[point.state, default: []].insert(point.chunkIndex)
            }
        }
    }
}
