import Shared

/// One letter in full, for people and programs.
struct LetterView {
    let letter: Letter
    let properties: MessageProperties
    let body: [UInt8]
    let showsBody: Bool

    init(_ held: HeldLetter, showsBody: Bool) {
        self.init(held.letter, held.delivery.properties, body: held.delivery.body, showsBody: showsBody)
    }

    init(_ letter: Letter, _ properties: MessageProperties, body: [UInt8], showsBody: Bool) {
        self.letter = letter
        self.properties = properties
        self.body = body
        self.showsBody = showsBody
    }

    private var isJSON: Bool { (try? JSONElement(parsing: body)) != nil }

    var text: String {
        let fields: [(String, String)] = [
            ("id", letter.id), ("queue", letter.stage.rawValue), ("reason", letter.reason), ("detail", letter.detail),
            ("source", letter.source), ("run", letter.run), ("attempt", "\(letter.attempt)"),
            ("published", properties.publishedAt?.description ?? ""), ("failed", letter.at?.description ?? ""),
            ("type", properties.type ?? ""), ("body", "\(body.count) bytes\(isJSON ? "" : ", not JSON")"),
        ]
        let documents = letter.documents.map { ("document", $0) }
        var lines = (fields + documents).map {
            $0.0.padded(toWidth: 11, onTheLeft: false) + $0.1.terminalSafe
        }
        if showsBody { lines += ["", bodyText] }
        return lines.joined(separator: "\n")
    }

    /// Line by line, as control characters in it must not reach the terminal.
    private var bodyText: String {
        let bytes = isJSON ? JSONIndenter.indented(body) : body
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
            .map { String($0).terminalSafe }.joined(separator: "\n")
    }

    var json: [UInt8] {
        var writer = JSONWriter(reservingCapacity: showsBody ? body.count + 1024 : 1024)
        letter.write(to: &writer) { writer in
            writer.key("documents")
            writer.array { writer in for document in letter.documents { writer.value(document) } }
            writer.key("published_at")
            if let published = properties.publishedAt { writer.value(published.description) } else { writer.null() }
            writer.member("type", properties.type ?? "")
            writer.member("bytes", body.count)
            guard showsBody else { return }
            writer.key("body")
            // A broken body is shown as text.
            if let parsed = try? JSONElement(parsing: body) {
                writer.json(parsed.text)
            } else {
                writer.value(String(decoding: body, as: UTF8.self))
            }
        }
        return writer.bytes
    }
}
