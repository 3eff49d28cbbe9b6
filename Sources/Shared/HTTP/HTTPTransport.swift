/// Sends one HTTP request and returns the whole answer.
///
/// The real one is ``CurlTransport``; tests use a scripted one.
public protocol HTTPTransport: Sendable {
    /// - Returns: the answer, whatever its status: judging it is the caller's.
    /// - Throws: ``HTTPError`` when there is no complete answer. Cancellation of the task ends the transfer.
    func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse
}
