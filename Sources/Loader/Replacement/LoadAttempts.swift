import Logging
import Shared

/// Loads groups, with a few attempts within seconds where a fault passes.
///
/// The client that loads has no retries of its own: here every request that was given up is noted, because it may land
/// later (``LateWrites``).
struct LoadAttempts: Sendable {
    let replacement: Replacement
    let lateWrites: LateWrites
    let retries: RetryPolicy
    let logger: Logger

    func load(_ group: LoadGroup) async throws(QdrantError) {
        let report = try await retries.run(advice: \.advice) { _ throws(QdrantError) in
            do throws(QdrantError) {
                return try await replacement.load(group)
            } catch {
                if !error.isRejection { lateWrites.abandoned(group.documentIDs) }
                throw error
            }
        }
        report.emit(logger)
    }
}
