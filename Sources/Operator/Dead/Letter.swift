import Shared

/// What a dead letter's properties and headers tell, and the ids of its documents. Never the body: thousands are kept.
struct Letter: Sendable, Equatable {
    /// A message holds 10 documents, a foreign one may claim any number.
    private static let mostDocuments = 100

    let id: String
    let stage: Topology.Stage
    let reason: String
    let detail: String
    /// The document that is to blame, else every document of the body that can be read.
    let documents: [String]
    let source: String
    let run: String
    let attempt: Int
    /// When it failed.
    let at: Timestamp?

    init(
        id: String, stage: Topology.Stage, reason: String, detail: String, documents: [String], source: String,
        run: String, attempt: Int, at: Timestamp?
    ) {
        self.id = id
        self.stage = stage
        self.reason = reason
        self.detail = detail
        self.documents = documents
        self.source = source
        self.run = run
        self.attempt = attempt
        self.at = at
    }

    init(_ delivery: Delivery, id: String, stage: Topology.Stage) {
        let headers = delivery.properties.headers
        let brokersReason = Self.brokersReason(headers)
        self.init(
            id: id, stage: stage, reason: headers[DeadLetter.Header.reason]?.string ?? brokersReason ?? "unknown",
            // Without a reason of ours the broker moved it: a worker died again and again while it had it.
            detail: headers[DeadLetter.Header.detail]?.string
                ?? (brokersReason == nil ? "" : "moved by the broker; workers that took it did not answer"),
            documents: headers[DeadLetter.Header.document]?.string.map { [$0] } ?? Self.documents(in: delivery.body),
            source: headers["x-source"]?.string ?? "", run: headers["x-run"]?.string ?? "",
            attempt: MessageEnvelope.attempt(of: delivery.properties), at: Self.moment(delivery.properties))
    }

    /// The one document it is about, nil where there are several or none is known.
    var documentID: String? { documents.count == 1 ? documents[0] : nil }

    /// Why the broker moved it last; `delivery_limit` for a message that every worker died of.
    private static func brokersReason(_ headers: [String: HeaderValue]) -> String? {
        guard case .array(let deaths) = headers["x-death"], case .table(let last) = deaths.first else { return nil }
        return last["reason"]?.string
    }

    private static func moment(_ properties: MessageProperties) -> Timestamp? {
        let seconds =
            properties.headers[DeadLetter.Header.failedAt]?.int ?? properties.timestamp.map { Int64(clamping: $0) }
        // Up to the year 9999, beyond which RFC 3339 has no form.
        return seconds.flatMap { (0..<253_402_300_800).contains($0) ? Timestamp(milliseconds: Int($0) * 1000) : nil }
    }

    private static func documents(in body: [UInt8]) -> [String] {
        guard let documents = try? JSONElement(parsing: body)["documents"]?.array else { return [] }
        return documents.prefix(mostDocuments).compactMap { $0["id"]?.string }
    }
}

extension Letter {
    func write(to writer: inout JSONWriter, _ more: (inout JSONWriter) -> Void = { _ in }) {
        writer.object { writer in
            writer.member("id", id)
            writer.member("queue", stage.rawValue)
            writer.member("reason", reason)
            writer.member("detail", detail)
            writer.key("document_id")
            if let documentID { writer.value(documentID) } else { writer.null() }
            writer.member("source", source)
            writer.member("attempt", attempt)
            writer.member("run", run)
            writer.key("at")
            if let at { writer.value(at.description) } else { writer.null() }
            more(&writer)
        }
    }

    static func json(_ letters: [Letter]) -> [UInt8] {
        var writer = JSONWriter(reservingCapacity: letters.count * 300 + 2)
        writer.array { writer in for letter in letters { letter.write(to: &writer) } }
        return writer.bytes
    }

    static func text(_ letters: [Letter], for terminal: Terminal) -> String {
        letters.isEmpty ? "No dead letters." : table(letters).rendered(for: terminal)
    }

    static func table(_ letters: [Letter]) -> TextTable {
        var table = TextTable([
            .init("id"), .init("queue"), .init("reason"), .init("document", isFlexible: true), .init("source"),
            .init("attempt", .right), .init("at"), .init("detail", isFlexible: true),
        ])
        for letter in letters {
            let document = letter.documentID ?? (letter.documents.isEmpty ? "" : "\(letter.documents.count) documents")
            table.add([
                letter.id, letter.stage.rawValue, letter.reason, document, letter.source, "\(letter.attempt)",
                letter.at?.description ?? "", letter.detail,
            ])
        }
        return table
    }
}
