import Logging
import Shared
import TestSupport

@testable import Loader

/// One loader of a model: the production code over a transport that leads to the model.
final class ModelLoader: @unchecked Sendable {
    // `@unchecked`: as for ``ReplacementModel``, whose turns order every access.
    let number: Int
    var requests: MutatedRequests
    /// When it is over with a loader whose delivery was taken away; nil while it holds its delivery.
    var diesAt: Int?
    private unowned let model: ReplacementModel
    private var lateWrites = LateWrites()

    init(model: ReplacementModel, number: Int) {
        self.model = model
        self.number = number
        requests = MutatedRequests(model.mutation)
    }

    enum End {
        case died
        case loaded(needsCleanUp: Bool)
    }

    /// Loads a group as a delivery's handler does.
    func load(_ items: [LoadItem], isRedelivered: Bool) async -> End {
        let client = QdrantClient(
            transport: ModelTransport(loader: self, model: model), settings: Self.settings, retries: .never)
        let attempts = LoadAttempts(
            replacement: Replacement(client), lateWrites: lateWrites,
            retries: RetryPolicy(maximumAttempts: 2, firstDelay: .zero), logger: Self.silence)
        while true {
            requests.begin()
            do throws(QdrantError) {
                try await attempts.load(LoadGroup(items))
                let isDoubtful = lateWrites.take(items.flatMap { $0.message.documents.map(\.id) })
                return .loaded(needsCleanUp: isDoubtful || isRedelivered)
            } catch {
                // What may pass is tried again by the same worker; a worker that died has forgotten everything.
                if error.isRetriable { continue }
                lateWrites = LateWrites()
                return .died
            }
        }
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
