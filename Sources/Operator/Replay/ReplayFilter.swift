import FoundationEssentials
import Shared

/// Which of the journal's messages are wanted, and which part of them.
struct ReplayFilter: Sendable {
    /// Clocks of the programs and of the broker may differ by this much.
    static let clockTolerance: TimeInterval = 600

    let stage: Topology.Stage
    /// Published at this moment or later.
    var since: Date?
    /// Published before this moment.
    var until: Date?
    var run: String?
    var source: String?
    /// Empty means every document.
    var documents: Set<String> = []

    /// What is left of a message.
    struct Selection: Sendable, Equatable {
        var body: [UInt8]
        var documentIDs: [String]
    }

    /// Decides by properties and headers, without a look into the body.
    func admits(_ properties: MessageProperties) -> Bool {
        guard properties.type == stage.messageType else { return false }
        // AMQP timestamps are whole seconds, so the window is, too.
        let second = properties.timestamp.map { Double($0) }
        if let since, second ?? 0 < since.timeIntervalSince1970.rounded(.down) { return false }
        if let until, second ?? .infinity >= until.timeIntervalSince1970.rounded(.up) { return false }
        if let run, properties.headers["x-run"]?.string != run { return false }
        if let source, properties.headers["x-source"]?.string != source { return false }
        return true
    }

    /// Whether nothing of the window can follow a message with these properties: the journal is in the order of arrival.
    func isPast(_ properties: MessageProperties) -> Bool {
        guard let until, let second = properties.timestamp else { return false }
        return Double(second) > until.timeIntervalSince1970 + Self.clockTolerance
    }

    /// The wanted part of a body; nil when no wanted document is in it. Without a choice of documents the body stays as it
    /// is, to the byte.
    ///
    /// - Throws: ``MessageError`` for a body that is none.
    func select(from body: [UInt8]) throws(MessageError) -> Selection? {
        guard !documents.isEmpty else { return Selection(body: body, documentIDs: try Self.documentIDs(in: body)) }
        switch stage {
        case .documents:
            guard let part = try DocumentsMessage(body: body).narrowed(to: documents) else { return nil }
            return Selection(body: part.body, documentIDs: part.changes.map(\.document.id))
        case .vectors:
            guard let part = try VectorsMessage(body: body).narrowed(to: documents) else { return nil }
            return Selection(body: part.body, documentIDs: part.documents.map(\.id))
        }
    }

    /// The ids alone: decoding the vectors only to count would cost most of the time.
    private static func documentIDs(in body: [UInt8]) throws(MessageError) -> [String] {
        do {
            if let documents = try JSONElement(parsing: body)["documents"]?.array {
                return documents.compactMap { $0["id"]?.string }
            }
        } catch {
            throw MessageError(.undecodable, "the body is not JSON: \(error)")
        }
        throw MessageError(.undecodable, "body.documents must be an array")
    }
}

extension Topology.Stage {
    /// The AMQP `type` of what feeds this stage.
    var messageType: String {
        switch self {
        case .documents: DocumentsMessage.type
        case .vectors: VectorsMessage.type
        }
    }
}
