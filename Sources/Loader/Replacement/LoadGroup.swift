import Shared

/// What the vectors messages of several deliveries bring, joined so that they cost one set of requests: each state of a
/// document once, each chunk once.
///
/// All its messages are of one pipeline. A document may be in it in several versions.
struct LoadGroup: Sendable {
    /// One version of a document, with the run that brought it.
    struct State: Sendable {
        let header: DocumentHeader
        let run: String
    }

    /// One chunk and the state that it belongs to.
    struct Chunk: Sendable {
        let vector: ChunkVector
        let header: DocumentHeader
    }

    private struct Key: Hashable {
        let documentID: String
        let version: DocumentVersion

        init(_ header: DocumentHeader) { (documentID, version) = (header.id, header.version) }
    }

    let fingerprint: String
    private(set) var states: [State] = []
    private(set) var chunks: [Chunk] = []
    /// Messages joined so far.
    private(set) var messageCount = 0
    private var knownStates: Set<Key> = []
    private var knownPoints: Set<PointID> = []

    init(fingerprint: String) { self.fingerprint = fingerprint }

    /// A group of one message.
    init(_ message: VectorsMessage, run: String) {
        self.init(fingerprint: message.fingerprint)
        append(message, run: run)
    }

    mutating func append(_ message: VectorsMessage, run: String) {
        messageCount += 1
        for header in message.documents where knownStates.insert(Key(header)).inserted {
            states.append(State(header: header, run: run))
        }
        for vector in message.vectors where knownPoints.insert(vector.id).inserted {
            guard let header = message.header(of: vector) else { continue }
            chunks.append(Chunk(vector: vector, header: header))
        }
    }

    /// The documents of this group, each once.
    var documentIDs: [String] { Array(Set(states.map(\.header.id))) }
}

extension VectorsMessage {
    /// The state that one of this message's vectors belongs to.
    ///
    /// A source that changed while it was listed may bring a document twice, in two versions, within one message; then the
    /// point's id tells them apart.
    func header(of vector: ChunkVector) -> DocumentHeader? {
        let headers = documents.filter { $0.id == vector.documentID }
        guard headers.count > 1 else { return headers.first }
        return headers.first {
            vector.id
                == PointIdentity.chunk(
                    documentID: $0.id, version: $0.version, fingerprint: fingerprint, index: vector.index)
        }
    }

    /// The part of this message that belongs to one of its states.
    func part(of header: DocumentHeader) -> VectorsMessage {
        VectorsMessage(
            fingerprint: fingerprint, model: model, dimension: dimension, documents: [header],
            vectors: vectors.filter { self.header(of: $0)?.version == header.version && $0.documentID == header.id })
    }

    /// This message once its chunks are loaded: all that is left to do is to clean up.
    var withoutVectors: VectorsMessage {
        var message = self
        message.vectors = []
        return message
    }
}
