import Shared
import Synchronization
import TestSupport

@testable import Embedding

/// An embedding server on a real socket that does one scripted wrong thing after the other, then answers well. The probe at
/// the start is always answered well.
final class FaultyEmbeddingServer: Sendable {
    enum Fault: Sendable {
        case status(Int, headers: [String] = [], body: String = "")
        /// Breaks off in the middle of an answer's head.
        case reset
        /// Never answers.
        case slow
        /// Half of the right answer.
        case truncated
        /// The right answer, with its items changed.
        case items(@Sendable (_ items: [String]) -> [String])
        /// The right answer in another model's name.
        case model(String)
        /// Every vector is this one.
        case vector([Float])
    }

    private let server: LoopbackServer
    private let log: Log

    private final class Log: Sendable {
        let faults: Mutex<[Fault]>
        let seen = Mutex<[[String]]>([])
        /// Faults that go on as long as a text with this word is in the request.
        let always: (word: String, fault: Fault)?

        init(_ faults: [Fault], _ always: (String, Fault)?) {
            self.faults = Mutex(faults.reversed())
            self.always = always
        }

        func fault(for texts: [String]) -> Fault? {
            seen.withLock { $0.append(texts) }
            if let always, texts.contains(where: { $0.contains(always.word) }) { return always.fault }
            return faults.withLock { $0.popLast() }
        }
    }

    init(_ faults: [Fault], always: (word: String, fault: Fault)? = nil) throws {
        let log = Log(faults, always)
        self.log = log
        server = try LoopbackServer { connection in
            while let request = connection.readRequest(), Self.answer(request, connection, log) {}
        }
    }

    deinit { server.stop() }

    /// The texts of each request but the probe.
    var requests: [[String]] { log.seen.withLock { $0 } }

    func provider(
        clock: any Clock<Duration>, _ change: (inout OpenAIOptions) -> Void = { _ in }
    ) throws -> OpenAIProvider {
        var options = OpenAIOptions(url: try ServiceURL(server.url, schemes: ["http"]), model: "m")
        options.linger = .zero
        change(&options)
        return OpenAIProvider(options, transport: CurlTransport(), clock: clock, random: { 1 })
    }

    /// The vector that a text must get, before it is made one long.
    static func vector(of text: String) -> [Float] { [Float(text.utf8.count), 1, -1] }

    static func item(_ index: Int, _ vector: [Float]) -> String {
        "{\"index\":\(index),\"embedding\":\"\(String(decoding: Base64Numbers.text(vector), as: UTF8.self))\"}"
    }

    /// - Returns: false when the connection is to be closed.
    private static func answer(
        _ request: LoopbackServer.Request, _ connection: LoopbackServer.Connection, _ log: Log
    ) -> Bool {
        guard request.method == "POST", let body = try? JSONElement(parsing: request.body),
            let texts = body["input"]?.array?.compactMap(\.string)
        else {
            connection.answer(status: 404, "{}")
            return true
        }
        let right = texts.enumerated().map { item($0, vector(of: $1)) }
        func answer(_ items: [String], model: String = "m") -> String {
            "{\"object\":\"list\",\"data\":[\(items.joined(separator: ","))],\"model\":\"\(model)\"}"
        }
        switch texts == ["ping"] ? nil : log.fault(for: texts) {
        case nil: connection.answer(answer(right))
        case .status(let status, let headers, let body): connection.answer(status: status, headers: headers, body)
        case .reset:
            connection.write("HTTP/1.1 200 OK\r\nContent-Le")
            return false
        case .slow:
            connection.waitForClose()
            return false
        case .truncated:
            let text = answer(right)
            connection.answer(String(text.prefix(text.utf8.count / 2)))
        case .items(let change): connection.answer(answer(change(right)))
        case .model(let name): connection.answer(answer(right, model: name))
        case .vector(let vector): connection.answer(answer(texts.indices.map { item($0, vector) }))
        }
        return true
    }
}
