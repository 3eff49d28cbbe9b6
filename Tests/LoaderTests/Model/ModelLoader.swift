import Logging
import Shared
import TestSupport

@testable import Loader

/// One loader of a model: the production code, a transport that leads to the model, and a clock that counts its steps.
final class ModelLoader: @unchecked Sendable {
    // `@unchecked`: as for ``ReplacementModel``, whose turns order every access.
    let number: Int
    var requests: MutatedRequests
    /// When it is over with a loader whose delivery was taken away; nil while it holds its delivery.
    var diesAt: Int?
    private unowned let model: ReplacementModel
    private var lateWrites: LateWrites?
    private var skipped = Duration.zero

    init(model: ReplacementModel, number: Int) {
        self.model = model
        self.number = number
        let schedule = model.schedule
        requests = MutatedRequests(model.mutation) { schedule.chunkCount($0, $1) }
    }

    /// Loads a group as a delivery's handler does; false when the loader died over it.
    func load(_ items: [LoadItem], isRedelivered: Bool) async -> Bool {
        let lateWrites = lateWrites ?? LateWrites(time: time)
        self.lateWrites = lateWrites
        let client = QdrantClient(
            transport: ModelTransport(loader: self, model: model), settings: Self.settings, retries: .never)
        let attempts = LoadAttempts(
            replacement: Replacement(client), lateWrites: lateWrites,
            retries: RetryPolicy(maximumAttempts: 2, firstDelay: .zero), logger: Self.silence)
        while true {
            do throws(QdrantError) {
                try await lateWrites.covering(isRedelivered: isRedelivered) { (cleansOnly) async throws(QdrantError) in
                    let messages = cleansOnly ? items.map(\.withoutVectors) : items
                    requests.begin()
                    try await attempts.load(LoadGroup(messages))
                }
                return true
            } catch {
                // What may pass is tried again by the same worker; a worker that died has forgotten everything.
                if error.isRetriable { continue }
                self.lateWrites = nil
                return false
            }
        }
    }

    private var time: LoaderTime {
        LoaderTime(
            now: { [unowned self] in ReplacementModel.stepLength * model.step + skipped },
            sleep: { [unowned self] duration in
                if model.mutation == .ignoresLateWrites {
                    skipped += max(duration, .zero)
                    return
                }
                let end = ReplacementModel.stepLength * model.step + duration
                while ReplacementModel.stepLength * model.step < end { await model.turn(number) }
            })
    }

    private static let silence = Logger(label: "model") { _ in SwiftLogNoOpLogHandler() }

    private static let settings: QdrantSettings = {
        var reader = SettingsReader.only(["OHRA_QDRANT_COLLECTION": "c"])
        return QdrantSettings(&reader)
    }()
}

/// What a loader of a model talks to.
private struct ModelTransport: HTTPTransport {
    let loader: ModelLoader
    let model: ReplacementModel

    func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse { try await model.send(request, loader) }
}
