/// The program that an event happens in, as a metric label.
public enum WorkStage: String, Sendable, CaseIterable {
    case extractor, transformer, loader

    /// The program that works on a stage's queue.
    public init(consuming stage: Topology.Stage) {
        switch stage {
        case .documents: self = .transformer
        case .vectors: self = .loader
        }
    }
}
