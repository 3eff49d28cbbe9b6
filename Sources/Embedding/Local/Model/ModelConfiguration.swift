import Shared

/// The shape of an encoder, as `config.json` has it.
struct ModelConfiguration: Sendable, Equatable {
    /// The families whose layers are the same; they differ in where positions start.
    enum Family: String, Sendable, CaseIterable {
        case bert
        case roberta
        case xlmRoberta = "xlm-roberta"
        case camembert
    }

    let family: Family
    let hiddenSize: Int
    let intermediateSize: Int
    let layerCount: Int
    let headCount: Int
    let vocabularySize: Int
    let positionCount: Int
    let typeCount: Int
    let epsilon: Float
    /// The row of the first token's position: RoBERTa counts from the padding token's id plus one.
    let firstPosition: Int

    var headWidth: Int { hiddenSize / headCount }
    /// Tokens the positions suffice for.
    var longestSequence: Int { positionCount - firstPosition }

    /// - Throws: ``EmbeddingError`` with code `modelUnusable` when the model is of another kind or the numbers cannot be.
    init(_ file: MappedFile) throws(EmbeddingError) {
        let json = try file.json()
        let type = json["model_type"]?.string ?? ""
        guard let family = Family(rawValue: type) else {
            let known = Family.allCases.map(\.rawValue).joined(separator: ", ")
            throw file.fault("describes a model of another kind than \(known)")
        }
        self.family = family
        guard ["gelu", nil].contains(json["hidden_act"]?.string) else {
            throw file.fault("names an activation other than gelu, which is not supported")
        }
        guard ["absolute", nil].contains(json["position_embedding_type"]?.string) else {
            throw file.fault("names position embeddings other than absolute ones, which are not supported")
        }
        func number(_ name: String, _ range: ClosedRange<Int>) throws(EmbeddingError) -> Int {
            guard let value = json[name]?.int, range.contains(value) else {
                throw file.fault("has no '\(name)' from \(range.lowerBound) to \(range.upperBound)")
            }
            return value
        }
        hiddenSize = try number("hidden_size", 1...16_384)
        intermediateSize = try number("intermediate_size", 1...65_536)
        layerCount = try number("num_hidden_layers", 1...200)
        headCount = try number("num_attention_heads", 1...256)
        vocabularySize = try number("vocab_size", 1...4_000_000)
        positionCount = try number("max_position_embeddings", 3...1_000_000)
        typeCount = try number("type_vocab_size", 1...16)
        epsilon = Float(json["layer_norm_eps"]?.double ?? 1e-12)
        let padding = json["pad_token_id"]?.int ?? 1
        guard (0..<vocabularySize).contains(padding) else { throw file.fault("has a 'pad_token_id' that is no token") }
        firstPosition = family == .bert ? 0 : padding + 1
        guard hiddenSize.isMultiple(of: headCount) else {
            throw file.fault("has a 'hidden_size' that is no multiple of 'num_attention_heads'")
        }
        guard epsilon > 0, epsilon < 1 else { throw file.fault("has a 'layer_norm_eps' that cannot be") }
        guard (0..<positionCount - 2).contains(firstPosition) else {
            throw file.fault("has a 'pad_token_id' that leaves no positions")
        }
    }
}
