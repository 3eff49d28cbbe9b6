import CKernels
import Shared

/// The encoder's arithmetic for one thread: token ids in, one vector per sequence out.
///
/// Sequences lie end to end without padding, so there is no mask; attention runs within each. Rows are rounded up to few
/// numbers, because oneDNN compiles code for each.
///
/// **Isolation**: the thread that made it.
final class EncoderPass {
    private let weights: EncoderWeights
    private let pooling: ModelFolder.Pooling
    private let lane = LinearLane()
    /// The hidden states, one row per token.
    private var states = AlignedBuffer<Float>()
    /// Queries, keys and values; the wide rows of the feed-forward part.
    private var wide = AlignedBuffer<Float>()
    private var context = AlignedBuffer<Float>()
    private var scratch = AlignedBuffer<Float>()
    /// What the next product takes: bfloat16, or uint8 with a scale per row.
    private var narrow = AlignedBuffer<UInt16>()
    private var steps = AlignedBuffer<UInt8>()
    private var rowScales = AlignedBuffer<ohra_scale>()
    private var sums = AlignedBuffer<Int32>()

    /// Rows of the feed-forward part at once: the wide rows stay in the processor's cache.
    private static let feedForwardRows = 128

    init(_ weights: EncoderWeights, pooling: ModelFolder.Pooling) {
        self.weights = weights
        self.pooling = pooling
    }

    /// - Parameter sequences: of at least one token each, none longer than the model takes, ids within its vocabulary.
    /// - Returns: one row per sequence, not normalised.
    func encode(_ sequences: some Collection<[Int32]>) -> [Float] {
        let tokens = sequences.reduce(0) { $0 + $1.count }
        let rows = Self.rounded(tokens)
        reserve(rows, longest: sequences.map(\.count).max() ?? 0)
        lookUp(sequences)
        for layer in weights.layers {
            attend(layer, rows: rows, sequences)
            feedForward(layer, rows: rows)
        }
        return pool(sequences)
    }

    /// Few different numbers: multiples of 16, from 128 on of 64.
    private static func rounded(_ tokens: Int) -> Int {
        let step = tokens <= 128 ? 16 : 64
        return (tokens + step - 1) / step * step
    }

    private func reserve(_ rows: Int, longest: Int) {
        let hidden = weights.configuration.hiddenSize
        let widest = max(rows * 3 * hidden, min(rows, Self.feedForwardRows) * weights.configuration.intermediateSize)
        states.reserve(rows * hidden)
        wide.reserve(widest)
        context.reserve(rows * hidden)
        scratch.reserve(
            max(
                ohra_attention_scratch(longest, weights.configuration.headWidth),
                weights.configuration.intermediateSize))
        let input = max(rows * hidden, min(rows, Self.feedForwardRows) * weights.configuration.intermediateSize)
        switch weights.precision {
        case .fp32: break
        case .bf16: narrow.reserve(input)
        case .int8:
            steps.reserve(input)
            rowScales.reserve(rows)
            sums.reserve(widest)
        }
    }

    private func lookUp(_ sequences: some Collection<[Int32]>) {
        let configuration = weights.configuration
        var row = 0
        for sequence in sequences {
            ohra_look_up(
                sequence, sequence.count, configuration.firstPosition, weights.words.start, weights.positions.start,
                weights.type.start, configuration.hiddenSize, states.start + row * configuration.hiddenSize)
            row += sequence.count
        }
        normalise(weights.inputNorm, rows: row)
    }

    private func normalise(_ norm: EncoderWeights.Norm, rows: Int) {
        ohra_layer_norm(
            states.start, norm.gain.start, norm.shift.start, rows, weights.configuration.hiddenSize,
            weights.configuration.epsilon)
    }

    private func attend(_ layer: EncoderWeights.Layer, rows: Int, _ sequences: some Collection<[Int32]>) {
        let configuration = weights.configuration
        let hidden = configuration.hiddenSize
        multiply(layer.attentionInput, rows: rows, states.start, into: wide.start)
        var row = 0
        for sequence in sequences {
            ohra_attention(
                wide.start + row * 3 * hidden, context.start + row * hidden, scratch.start, sequence.count,
                configuration.headCount, configuration.headWidth)
            row += sequence.count
        }
        add(layer.attentionOutput, rows: rows, context.start, to: states.start)
        normalise(layer.attentionNorm, rows: rows)
    }

    private func feedForward(_ layer: EncoderWeights.Layer, rows: Int) {
        let hidden = weights.configuration.hiddenSize
        var first = 0
        while first < rows {
            let count = min(Self.feedForwardRows, rows - first)
            let block = states.start + first * hidden
            switch weights.precision {
            case .fp32:
                lane.apply(layer.expansion, rows: count, block, wide.start)
                ohra_gelu(wide.start, count * layer.expansion.outputs)
                lane.apply(layer.contraction, rows: count, wide.start, block)
            case .bf16:
                ohra_to_bf16(block, narrow.start, count * hidden)
                lane.apply(layer.expansion, rows: count, narrow.start, wide.start)
                ohra_gelu_bf16(wide.start, narrow.start, count * layer.expansion.outputs)
                lane.apply(layer.contraction, rows: count, narrow.start, block)
            case .int8:
                ohra_quantise(block, steps.start, rowScales.start, count, hidden)
                lane.apply(layer.expansion, rows: count, steps.start, sums.start)
                var product = product(layer.expansion, rows: count)
                ohra_int8_gelu(&product, steps.start, rowScales.start, scratch.start)
                lane.apply(layer.contraction, rows: count, steps.start, sums.start)
                product = self.product(layer.contraction, rows: count)
                ohra_int8_add(&product, block)
            }
            first += count
        }
        normalise(layer.outputNorm, rows: rows)
    }

    private func multiply(
        _ layer: LinearLayer, rows: Int, _ input: UnsafePointer<Float>, into output: UnsafeMutablePointer<Float>
    ) {
        switch weights.precision {
        case .fp32: lane.apply(layer, rows: rows, input, output)
        case .bf16:
            ohra_to_bf16(input, narrow.start, rows * layer.inputs)
            lane.apply(layer, rows: rows, narrow.start, output)
        case .int8:
            ohra_quantise(input, steps.start, rowScales.start, rows, layer.inputs)
            lane.apply(layer, rows: rows, steps.start, sums.start)
            var product = product(layer, rows: rows)
            ohra_int8_plain(&product, output)
        }
    }

    private func add(
        _ layer: LinearLayer, rows: Int, _ input: UnsafePointer<Float>, to output: UnsafeMutablePointer<Float>
    ) {
        guard weights.precision == .int8 else { return multiply(layer, rows: rows, input, into: output) }
        ohra_quantise(input, steps.start, rowScales.start, rows, layer.inputs)
        lane.apply(layer, rows: rows, steps.start, sums.start)
        var product = product(layer, rows: rows)
        ohra_int8_add(&product, output)
    }

    /// The int8 product whose sums lie in `sums`.
    private func product(_ layer: LinearLayer, rows: Int) -> ohra_int8_product {
        let (scales, columnSums) = layer.steps
        return ohra_int8_product(
            sums: sums.start, row_scales: rowScales.start, column_scales: scales, column_sums: columnSums,
            bias: layer.bias.start, rows: rows, width: layer.outputs)
    }

    private func pool(_ sequences: some Collection<[Int32]>) -> [Float] {
        let hidden = weights.configuration.hiddenSize
        return [Float](unsafeUninitializedCapacity: sequences.count * hidden) { buffer, count in
            guard var vector = buffer.baseAddress else { return }
            var row = 0
            for sequence in sequences {
                let tokens = pooling == .mean ? sequence.count : 1
                ohra_mean(states.start + row * hidden, tokens, hidden, vector)
                row += sequence.count
                vector += hidden
            }
            count = sequences.count * hidden
        }
    }
}
