import Testing

@testable import Operator

struct ConsoleGateTests {
    private let gate = ConsoleGate(port: 9465)

    private func decide(
        _ method: String = "GET", token: String? = nil, cookie: String? = nil, origin: String? = nil,
        host: String? = "127.0.0.1:9465"
    ) -> ConsoleGate.Decision {
        gate.decide(method, token: token, cookie: cookie, origin: origin, host: host)
    }

    @Test func tokensAreLongAndDifferAtEachStart() {
        let tokens = (0..<100).map { _ in ConsoleGate(port: 1).token }
        #expect(Set(tokens).count == 100)
        #expect(tokens.allSatisfy { $0.count == 32 && $0.allSatisfy(\.isHexDigit) })
    }

    @Test(arguments: [
        ("127.0.0.1", "127.0.0.1"), ("0.0.0.0", "127.0.0.1"), ("::", "[::1]"), ("fd00::1", "[fd00::1]"),
        ("10.0.0.7", "10.0.0.7"),
    ])
    func thePrintedAddressCanBeOpened(host: String, name: String) {
        #expect(ConsoleServer.reachableName(of: host) == name)
    }

    @Test func theTokenGivesACookieThatLetsIn() {
        #expect(
            decide(token: gate.token)
                == .welcome(cookie: "ohra_console_9465=\(gate.token); Path=/; HttpOnly; SameSite=Lax"))
        #expect(decide(cookie: gate.token) == .admitted)
    }

    @Test func everythingElseIsRefused() {
        for wrong in ["", "x", String(gate.token.dropLast()), gate.token + "0", gate.token.uppercased() + " "] {
            #expect(decide(token: wrong) == .refused)
            #expect(decide(cookie: wrong) == .refused)
        }
        #expect(decide() == .refused)
        // A form of another site could know no token, and none is taken from a form.
        #expect(decide("POST", token: gate.token) == .refused)
    }

    @Test func formsOfOtherOriginsAreRefused() {
        func post(_ origin: String?) -> ConsoleGate.Decision { decide("POST", cookie: gate.token, origin: origin) }
        #expect(post("http://127.0.0.1:9465") == .admitted)
        // Behind something that speaks TLS.
        #expect(post("https://127.0.0.1:9465") == .admitted)
        #expect(post(nil) == .admitted)
        for origin in ["null", "http://127.0.0.1:8000", "http://evil.example", "http://evil.example/://127.0.0.1"] {
            #expect(post(origin) == .refused, "\(origin)")
        }
        #expect(decide("POST", cookie: gate.token, origin: "http://x", host: nil) == .refused)
    }
}
