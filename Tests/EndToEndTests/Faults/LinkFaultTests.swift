import Shared
import TestSupport
import Testing

/// The link to the broker breaks inside publishings and between a publishing and its confirm: each is published once more,
/// and has its effect once.
@Suite(.serialized, .timeLimit(.minutes(3))) struct LinkFaultTests {
    /// Bytes after which a connection is cut: behind the login's 700 or so, over more than one message of vectors (20 kB) and
    /// one of documents (15 kB), at odd places of frames.
    private static let places = stride(from: 2_003, to: 45_000, by: 4_801)

    @Test func cutInsidePublishings() async throws {
        try await load(through: Self.places.map { .afterSending(bytes: $0) })
    }

    @Test func cutBetweenPublishingAndConfirm() async throws {
        try await load(through: Self.places.map { .insteadOfConfirm(afterSending: $0) })
    }

    private func load(through cuts: [FaultProxy.Cut]) async throws {
        let settings = try await SettingsReader.broker()
        let proxy = try FaultProxy(target: UInt16(settings.port))
        defer { proxy.end() }
        let link = ["OHRA_AMQP_URL": "amqp://127.0.0.1:\(proxy.port)"]
        try await FaultScene.with(link: link) { scene in
            // The extractor's publishings first, then the transformers'.
            proxy.arm(cuts)
            let began = FaultScene.now
            let output = try await scene.extract(with: link).output()
            #expect(output.status == 0, "\(output.complaint)")
            try await scene.expectBalance(since: began, "after the cuts")
            for _ in 0..<5 where proxy.cuts < cuts.count {
                let began = FaultScene.now
                try await scene.load()
                try await scene.expectBalance(since: began, "after more cuts")
            }
            #expect(proxy.cuts == cuts.count)
        }
    }
}

extension SettingsReader {
    /// The broker that `make test` has started.
    fileprivate static func broker() async throws -> BrokerSettings {
        var reader = try await SettingsReader.load(flags: [:])
        let settings = BrokerSettings(from: &reader)
        try reader.finish()
        return settings
    }
}
