import Shared

/// What of the interface a server understands; found out by probing.
struct OpenAIDialect: Sendable, Equatable {
    /// Base64 is four times smaller than numbers, but some back ends refuse the member.
    var asksForBase64 = true
    /// Sent only when needed: vLLM answers 400 for a model that cannot be shortened.
    var dimensions: Int?
}

extension OpenAIOptions {
    /// The request for some texts.
    func request(_ texts: [String], dialect: OpenAIDialect) -> HTTPRequest {
        var writer = JSONWriter(reservingCapacity: texts.reduce(256) { $0 + $1.utf8.count + 8 })
        writer.object { writer in
            writer.member("model", model)
            writer.key("input")
            writer.array { writer in for text in texts { writer.value(text) } }
            if dialect.asksForBase64 { writer.member("encoding_format", "base64") }
            if let dimensions = dialect.dimensions { writer.member("dimensions", dimensions) }
        }
        var headers = [(name: "Accept", value: "application/json")]
        if let authorization { headers.append(authorization) }
        var request = HTTPRequest.json(
            .post, endpoint, body: writer.bytes, headers: headers, deadline: server.deadline)
        // The longest vectors there are, as numbers: thousands of texts at once may come back as more than the usual limit.
        request.maximumResponseBytes = max(request.maximumResponseBytes, texts.count * 128 << 10)
        return request
    }
}
