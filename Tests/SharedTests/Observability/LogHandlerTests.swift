import Configuration
import Logging
import Testing

@testable import Shared

@Suite struct LogHandlerTests {
    private func logger(_ format: LogSettings.Format, on piped: PipedStreams, level: Logger.Level = .trace) -> Logger {
        Logger(label: "test.part") {
            LineLogHandler(
                label: $0, service: "loader", settings: LogSettings(level: level, format: format),
                streams: piped.streams, clock: { Timestamp(milliseconds: 1_795_412_936_007) })
        }
    }

    @Test func jsonLineHasFixedFieldsThenSortedMetadata() throws {
        let piped = PipedStreams()
        logger(.json, on: piped).info(
            "Batch loaded", metadata: ["b": "two", "a": .stringConvertible(1), "c": ["x", .stringConvertible(true)]])
        #expect(
            piped.readError() == """
                {"time":"2026-11-23T05:48:56.007Z","level":"info","logger":"test.part","service":"loader",\
                "message":"Batch loaded","a":1,"b":"two","c":["x",true]}

                """)
    }

    @Test(arguments: [LogSettings.Format.json, .text])
    func controlCharactersNeverReachTheOutput(format: LogSettings.Format) throws {
        let piped = PipedStreams()
        let hostile = "a\n{\"level\":\"critical\"}\u{1B}[2J\u{9B}31m\u{202E}\u{7F}b\r\t"
        logger(format, on: piped).warning("x\ny", metadata: ["k\n\u{1B}": .string(hostile), "n": ["d\n": ["\u{1B}"]]])
        let text = piped.readError()
        #expect(text.hasSuffix("\n"))
        #expect(
            !text.dropLast().unicodeScalars.contains {
                $0.value < 0x20 || (0x7F..<0xA0).contains($0.value) || $0.value == 0x202E
            })
        if format == .json { _ = try JSONElement(parsing: Array(text.utf8)) }
    }

    @Test(arguments: [LogSettings.Format.json, .text])
    func longValuesAreCutAndTheLineStaysAtomic(format: LogSettings.Format) throws {
        let piped = PipedStreams()
        let long = String(repeating: "가\"", count: 40_000)
        logger(format, on: piped).info("m", metadata: ["only": .string(long)])
        let one = piped.readError()
        #expect(one.contains("…"))
        #expect((1000...4096).contains(one.utf8.count))
        let many = Dictionary(uniqueKeysWithValues: (100..<160).map { ("key\($0)", Logger.MetadataValue.string(long)) })
        logger(format, on: piped).info("m", metadata: many)
        let line = piped.readError()
        #expect(line.utf8.count <= LineSink.atomicSize)
        #expect(line.contains("key100"))
        if format == .json { _ = try JSONElement(parsing: Array(line.utf8)) }
    }

    @Test func keysOfTheLineItselfAreNotGivenTwice() throws {
        let piped = PipedStreams()
        logger(.json, on: piped).info("m", metadata: ["message": "other", "time": "never"])
        let line = try JSONElement(parsing: Array(piped.readError().utf8))
        #expect(line["message"]?.string == "m")
        #expect(line["metadata.message"]?.string == "other")
    }

    @Test func ownMetadataWinsOverTheLoggers() throws {
        let piped = PipedStreams()
        var logger = logger(.json, on: piped)
        logger[metadataKey: "a"] = "logger"
        logger[metadataKey: "b"] = "logger"
        logger.info("m", metadata: ["b": "event"])
        let line = try JSONElement(parsing: Array(piped.readError().utf8))
        #expect(line["a"]?.string == "logger")
        #expect(line["b"]?.string == "event")
    }

    @Test func textLineIsReadable() {
        let piped = PipedStreams(errorTerminal: Terminal(isInteractive: false, usesColor: false, columns: 80))
        logger(.text, on: piped).notice("Batch loaded", metadata: ["b": "two words", "a": "1"])
        #expect(piped.readError() == "2026-11-23T05:48:56.007Z NOTICE   loader: Batch loaded  a=1  b=\"two words\"\n")
    }

    @Test func coloursAppearOnlyWhereWanted() {
        let plain = PipedStreams()
        logger(.text, on: plain).error("m")
        #expect(plain.readError() == "05:48:56Z ERROR    loader: m\n")
        let coloured = PipedStreams(errorTerminal: Terminal(isInteractive: true, usesColor: true, columns: 80))
        logger(.text, on: coloured).error("m")
        #expect(coloured.readError().contains("\u{1B}[31mERROR"))
    }

    @Test func levelsBelowTheSettingAreSilent() {
        let piped = PipedStreams()
        logger(.json, on: piped, level: .warning).info("m")
        #expect(piped.readError().isEmpty)
    }

    @Test func settingsAreReadAndFaultsNamed() throws {
        func reader(_ values: [AbsoluteConfigKey: ConfigValue]) -> SettingsReader {
            SettingsReader(ConfigReader(provider: InMemoryProvider(values: values)))
        }
        var good = reader([["OHRA_LOG_LEVEL"]: "Debug", ["OHRA_LOG_FORMAT"]: "json"])
        #expect(LogSettings(&good) == LogSettings(level: .debug, format: .json))
        try good.finish()
        var bad = reader([["OHRA_LOG_LEVEL"]: "loud", ["OHRA_LOG_FORMAT"]: "xml"])
        _ = LogSettings(&bad)
        #expect(bad.faults.count == 2)
        #expect(bad.faults.first?.hasPrefix("OHRA_LOG_LEVEL is 'loud'; expected trace, debug") == true)
    }

    @Test(arguments: [
        (0, "1970-01-01T00:00:00.000Z"), (951_782_400_000, "2000-02-29T00:00:00.000Z"),
        (-1, "1969-12-31T23:59:59.999Z"), (4_107_542_399_999, "2100-02-28T23:59:59.999Z"),
        (1_709_164_800_001, "2024-02-29T00:00:00.001Z"),
    ])
    func timesAreRFC3339(milliseconds: Int, expected: String) {
        #expect(Timestamp(milliseconds: milliseconds).description == expected)
    }
}
