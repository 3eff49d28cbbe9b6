import Shared

/// What messages of one run say of one state of a document.
struct Sighting: Sendable {
    let stage: Topology.Stage
    let version: DocumentVersion
    let isDeleted: Bool
    /// The extractor run.
    let run: String
    /// When the first and the last of them were published.
    var first: Timestamp?
    var last: Timestamp?
    var messages = 1
    /// Chunks of the state in all; nil in documents messages, which are not cut yet.
    let chunkCount: Int?
    /// Those whose vectors were seen.
    var chunks: Set<Int> = []

    /// The states of a document in one message, mostly one or none. Neither texts nor vectors are decoded.
    ///
    /// - Throws: ``MessageError``, `JSONError` for a body that is none.
    static func all(
        of documentID: String, in body: [UInt8], _ properties: MessageProperties, stage: Topology.Stage
    ) throws -> [Sighting] {
        var properties = properties
        let message = try JSONElement(parsing: try MessageEncoding.unpack(body, &properties))
        var sightings: [Sighting] = []
        for document in message["documents"]?.array.map({ Array($0) }) ?? []
        where document["id"]?.string == documentID {
            guard let revision = document["revision"]?.int, let epoch = document["epoch"]?.int else { continue }
            var sighting = Sighting(
                stage: stage, version: DocumentVersion(revision: revision, epoch: epoch),
                isDeleted: document["deleted"]?.bool ?? false, run: properties.headers["x-run"]?.string ?? "",
                first: properties.publishedAt, last: properties.publishedAt,
                chunkCount: stage == .vectors ? document["chunk_count"]?.int : nil)
            for vector in message["vectors"]?.array.map({ Array($0) }) ?? []
            where vector["document_id"]?.string == documentID {
                if let index = vector["chunk_index"]?.int { sighting.chunks.insert(index) }
            }
            sightings.append(sighting)
        }
        return sightings
    }

    /// Takes in another message of the same kind; false when that one is about something else.
    mutating func join(_ other: Sighting) -> Bool {
        guard
            (stage, version, isDeleted, run) == (other.stage, other.version, other.isDeleted, other.run)
                && chunkCount == other.chunkCount
        else { return false }
        messages += other.messages
        last = other.last
        chunks.formUnion(other.chunks)
        return true
    }
}

extension MessageProperties {
    /// To the second; nil where the publisher did not say or said nonsense. Up to the year 9999, as RFC 3339 goes.
    var publishedAt: Timestamp? {
        timestamp.flatMap { $0 < 253_402_300_800 ? Timestamp(milliseconds: Int($0) * 1000) : nil }
    }
}
