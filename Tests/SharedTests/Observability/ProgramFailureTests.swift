import Testing

@testable import Shared

@Suite struct ProgramFailureTests {
    @Test(
        arguments: [
            (BrokerError.Code.unauthorized, 77), (.unavailable, 69), (.connectionLost, 69), (.topology, 78),
            (.refused, 69), (.protocolViolation, 69), (.cancelled, 1),
        ] as [(BrokerError.Code, Int32)])
    func brokerErrorsMapToSysexits(code: BrokerError.Code, expected: Int32) {
        #expect(BrokerError(code, "x").exitCode == expected)
    }

    @Test func oneClearLineAndTheCode() {
        let piped = PipedStreams()
        let error = BrokerError(.unauthorized, "127.0.0.1:5672 refuses the user 'ohra'\u{1B}[2J")
        #expect(ProgramFailure.report(error, program: "loader", on: piped.streams) == 77)
        #expect(piped.readError() == "loader: 127.0.0.1:5672 refuses the user 'ohra'\\u{1b}[2J\n")
    }

    @Test func everyWrongSettingHasItsLine() {
        let piped = PipedStreams()
        let error = SettingsError(["OHRA_A is empty", "OHRA_B is no URL"])
        #expect(ProgramFailure.report(error, program: "extractor", on: piped.streams) == 78)
        #expect(piped.readError() == "extractor: 2 settings are wrong:\n  OHRA_A is empty\n  OHRA_B is no URL\n")
    }

    @Test func errorsWithoutACodeEndWithOne() {
        struct Odd: Error {}
        let piped = PipedStreams()
        #expect(ProgramFailure.report(Odd(), program: "ohra", on: piped.streams) == 1)
        #expect(piped.readError() == "ohra: Odd()\n")
        #expect(HTTPError(.connectionFailed, endpoint: "h:1", message: "refused").exitCode == 69)
        #expect(ProgramExit.allCases.map(\.rawValue) == [0, 1, 64, 69, 77, 78])
    }
}
