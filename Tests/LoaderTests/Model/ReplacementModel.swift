import Logging
import Shared
import TestSupport

@testable import Loader

/// One random schedule: several states of a few documents, cut into messages, handled by three loaders that die and come
/// back, with messages delivered twice and replayed, over a store whose requests are the only atomic steps.
final class ReplacementModel: @unchecked Sendable {
    // `@unchecked`: loaders touch what follows only between being given a turn and asking for the next; ``TurnTaker`` is an
    // actor and gives one turn at a time, so one task touches it at a time and sees what the one before wrote. The test
    // reads the result after all loaders have ended.
    static let loaders = 3

    private let turns: TurnTaker
    private let store = SimulatedQdrant()
    private var random: SeededRandom
    private var queue: [VectorsMessage] = []
    /// Every state that was published, by document.
    private(set) var published: [String: [DocumentHeader]] = [:]
    /// What went wrong on the way, first of all.
    private(set) var violation: String?

    init(seed: UInt64) {
        turns = TurnTaker(seed: seed &* 31, tasks: Self.loaders)
        random = SeededRandom(seed: seed)
        for document in ["files:m:1", "files:m:2"] {
            for _ in 0..<Int.random(in: 1...3, using: &random) { publish(document) }
        }
        queue.shuffle(using: &random)
    }

    /// Runs the schedule to its end.
    func run() async {
        await withDiscardingTaskGroup { group in
            for loader in 0..<Self.loaders { group.addTask { await self.work(loader) } }
        }
    }

    // MARK: Messages

    private func publish(_ document: String) {
        let isDeleted = Int.random(in: 0..<6, using: &random) == 0
        let chunks = isDeleted ? 0 : [1, 2, 3, 5, 23].randomElement(using: &random) ?? 1
        let change = DocumentChange(
            document: Document(
                id: document, title: "t", content: "", url: "", author: "", updatedAt: "", sourceType: "files",
                versionKey: "k", revision: Int.random(in: 1...2, using: &random), scope: "", metadata: .emptyObject),
            epoch: Int.random(in: 1...2, using: &random), isDeleted: isDeleted)
        // Two states never share revision and epoch: the extractor sees to that.
        guard published[document]?.contains(where: { $0.version == change.version }) != true else { return }
        let header = DocumentHeader(change, chunkCount: chunks)
        published[document, default: []].append(header)
        // The same documents message may be transformed twice, before and after a change of settings.
        for fingerprint in Int.random(in: 0..<5, using: &random) == 0 ? ["f", "g"] : ["f"] {
            let messages = cut(header, fingerprint)
            // At least once: some messages come twice.
            queue += messages + messages.filter { _ in Int.random(in: 0..<3, using: &random) == 0 }
        }
    }

    private func cut(_ header: DocumentHeader, _ fingerprint: String) -> [VectorsMessage] {
        let vectors = (0..<header.chunkCount).map { index in
            ChunkVector(
                id: PointIdentity.chunk(
                    documentID: header.id, version: header.version, fingerprint: fingerprint, index: index),
                documentID: header.id, index: index, content: "c\(index)", hash: "h\(index)", embedHash: "",
                vector: [1])
        }
        let parts = stride(from: 0, to: max(vectors.count, 1), by: 5).map {
            Array(vectors[$0..<min($0 + 5, vectors.count)])
        }
        return parts.map {
            VectorsMessage(fingerprint: fingerprint, model: "m", dimension: 1, documents: [header], vectors: $0)
        }
    }

    // MARK: Loaders

    private func work(_ loader: Int) async {
        let transport = ModelTransport(model: self, loader: loader)
        let client = QdrantClient(
            transport: transport, settings: Self.settings, retries: .never)
        let replacement = Replacement(
            points: PointStore(client: client, collection: "c"), registry: Registry(client: client, collection: "r"),
            logger: Logger(label: "model") { _ in SwiftLogNoOpLogHandler() })
        while true {
            await turns.turn(loader)
            guard !queue.isEmpty else { break }
            let message = queue.remove(at: Int.random(in: 0..<queue.count, using: &random))
            do {
                try await replacement.load(message, run: "r")
            } catch {
                // The loader died; the broker delivers the message again.
                queue.append(message)
            }
        }
        await turns.leave()
    }

    private static let settings: QdrantSettings = {
        var reader = SettingsReader.only([:])
        return QdrantSettings(&reader)
    }()

    /// One request of a loader: applied, or lost before or after it was applied.
    fileprivate func send(_ request: HTTPRequest, _ loader: Int) async throws(HTTPError) -> HTTPResponse {
        await turns.turn(loader)
        let fate = Int.random(in: 0..<20, using: &random)
        if fate == 0 { throw Self.death }
        let answer: HTTPResponse
        do { answer = try store.apply(request) } catch {
            throw HTTPError(.invalidRequest, endpoint: "m", message: "\(error)")
        }
        if answer.status != 200 { violation = violation ?? "\(request.method) \(request.url) is not simulated" }
        violation = violation ?? gap()
        if fate == 1 { throw Self.death }
        return answer
    }

    private static let death = HTTPError(.cancelled, endpoint: "model", message: "the loader dies")

    // MARK: Judgement

    private func latestMarker(_ document: String) -> JSONElement? {
        store.payloads(in: "r").filter { $0["document_id"]?.string == document }.max {
            Self.version($0) < Self.version($1)
        }
    }

    private static func version(_ payload: JSONElement) -> DocumentVersion {
        DocumentVersion(revision: payload["revision"]?.int ?? -1, epoch: payload["epoch"]?.int ?? -1)
    }

    private func points(_ document: String) -> [JSONElement] {
        store.payloads(in: "c").filter { $0["document_id"]?.string == document }
    }

    /// At every moment the state of the largest marker is there completely: no search finds a gap.
    private func gap() -> String? {
        for document in published.keys {
            guard let marker = latestMarker(document) else { continue }
            let present = points(document).count {
                Self.version($0) == Self.version(marker) && $0["fingerprint"]?.string == marker["fingerprint"]?.string
            }
            if present != marker["chunk_count"]?.int {
                return
                    "\(document) has \(present) points of its committed state, not \(marker["chunk_count"]?.int ?? -1)"
            }
        }
        return nil
    }

    /// What is wrong at the end; nil when every document is loaded in its newest state only, or gone.
    var fault: String? {
        if let violation { return violation }
        for (document, states) in published {
            guard let newest = states.max(by: { $0.version < $1.version }) else { continue }
            let markers = store.payloads(in: "r").filter { $0["document_id"]?.string == document }
            guard markers.count == 1, Self.version(markers[0]) == newest.version else {
                return "\(document) has markers \(markers.map(Self.version)), newest is \(newest.version)"
            }
            let points = points(document)
            guard points.count == newest.chunkCount, points.allSatisfy({ Self.version($0) == newest.version }) else {
                return "\(document) has \(points.count) points, \(newest.chunkCount) belong to its newest state"
            }
        }
        return nil
    }
}

/// What the loaders of a model talk to.
private struct ModelTransport: HTTPTransport {
    let model: ReplacementModel
    let loader: Int

    func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse { try await model.send(request, loader) }
}
