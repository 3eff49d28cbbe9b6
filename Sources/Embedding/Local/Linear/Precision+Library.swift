import COneDNN
import Shared

extension EmbeddingSettings.Precision {
    var library: ohra_precision {
        switch self {
        case .fp32: OHRA_FP32
        case .bf16: OHRA_BF16
        case .int8: OHRA_INT8
        }
    }

    /// What it is called in a model's name: vectors of two labels are not quite the same.
    ///
    /// bf16 is the same numbers everywhere. int8 without instructions for it has weights of seven bits.
    var label: String { self == .int8 && !isNative ? "int8w7" : rawValue }

    /// Whether the processor has instructions for it; without them it works, but gains nothing.
    var isNative: Bool { ohra_precision_is_native(library) }

    /// What gives the vectors of the published model, as fast as this processor can: bf16 where it has it, else fp32.
    static var best: EmbeddingSettings.Precision { Self.bf16.isNative ? .bf16 : .fp32 }
}
