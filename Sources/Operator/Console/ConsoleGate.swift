import Shared

/// Lets in whoever came by the address that the command printed: other people of the machine can reach its ports, too, and so
/// can every page that somebody has open in a browser.
struct ConsoleGate: Sendable {
    enum Decision: Sendable, Equatable {
        case admitted
        /// The token is right: send on to the page without it, with this cookie.
        case welcome(cookie: String)
        case refused
    }

    /// 128 random bits in hex.
    let token: String
    /// Cookies are of a host, whatever the port, so each console has a name of its own for it.
    let cookieName: String

    init(port: UInt16) {
        var generator = SystemRandomNumberGenerator()
        let bits = [generator.next() as UInt64, generator.next() as UInt64]
        token = bits.map { word in
            let digits = String(word, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
        cookieName = "ohra_console_\(port)"
    }

    func decide(_ request: ServedRequest) -> Decision {
        decide(
            request.method, token: request.query["token"], cookie: request.cookie(cookieName),
            origin: request.header("Origin"), host: request.header("Host"))
    }

    func decide(_ method: String, token: String?, cookie: String?, origin: String?, host: String?) -> Decision {
        if method == "GET", let token, isRight(token) {
            return .welcome(cookie: "\(cookieName)=\(token); Path=/; HttpOnly; SameSite=Lax")
        }
        guard let cookie, isRight(cookie) else { return .refused }
        // Lax cookies come with no POST of another site. Of another port of this host they do: that is another origin.
        if method != "GET", let origin, !origin.hasSuffix("://" + (host ?? "")) { return .refused }
        return .admitted
    }

    /// In the same time wherever the first difference is.
    private func isRight(_ candidate: String) -> Bool {
        let (candidate, token) = (Array(candidate.utf8), Array(token.utf8))
        return candidate.count == token.count && zip(candidate, token).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
