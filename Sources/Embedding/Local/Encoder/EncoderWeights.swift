import Shared

/// All weights of an encoder, the linear ones packed.
struct EncoderWeights: Sendable {
    struct Norm: Sendable {
        let gain: Floats
        let shift: Floats
    }

    struct Layer: Sendable {
        /// Queries, keys and values in one product.
        let attentionInput: LinearLayer
        let attentionOutput: LinearLayer
        let attentionNorm: Norm
        let expansion: LinearLayer
        let contraction: LinearLayer
        let outputNorm: Norm
    }

    let configuration: ModelConfiguration
    let precision: EmbeddingSettings.Precision
    let words: Floats
    let positions: Floats
    /// Of token type 0, the only one single texts have.
    let type: Floats
    let inputNorm: Norm
    let layers: [Layer]

    /// - Throws: ``EmbeddingError`` with code `modelUnusable` when a tensor is missing or misshapen.
    init(
        _ tensors: TensorFile, _ configuration: ModelConfiguration, _ choice: LinearEngine.Choice
    ) throws(EmbeddingError) {
        let reader = try Reader(tensors, configuration, choice)
        let hidden = configuration.hiddenSize
        self.configuration = configuration
        precision = choice.precision
        words = try reader.floats("embeddings.word_embeddings.weight", [configuration.vocabularySize, hidden])
        positions = try reader.floats("embeddings.position_embeddings.weight", [configuration.positionCount, hidden])
        type = try reader.floats("embeddings.token_type_embeddings.weight", [configuration.typeCount, hidden])
        inputNorm = try reader.norm("embeddings.LayerNorm")
        var layers: [Layer] = []
        for index in 0..<configuration.layerCount { layers.append(try reader.layer(index)) }
        self.layers = layers
        // What was packed is in memory of its own now; what is still needed of the file comes back as it is touched.
        tensors.file.giveBack()
    }

    /// Names of tensors in the file, and the shapes they must have.
    private struct Reader {
        let tensors: TensorFile
        let configuration: ModelConfiguration
        let choice: LinearEngine.Choice
        /// Models saved together with a head have their names begin with that of the family.
        let prefix: String

        init(
            _ tensors: TensorFile, _ configuration: ModelConfiguration, _ choice: LinearEngine.Choice
        ) throws(EmbeddingError) {
            self.tensors = tensors
            self.configuration = configuration
            self.choice = choice
            let prefixes = ["", "bert.", "roberta.", "model.", "0.auto_model."]
            let prefix = prefixes.first { tensors.contains($0 + "embeddings.word_embeddings.weight") }
            guard let prefix else { throw tensors.file.fault("has no word embeddings where BERT's are") }
            self.prefix = prefix
        }

        func floats(_ name: String, _ shape: [Int]) throws(EmbeddingError) -> Floats {
            try tensors.floats(prefix + name, shape)
        }

        func norm(_ name: String) throws(EmbeddingError) -> Norm {
            let shape = [configuration.hiddenSize]
            return Norm(gain: try floats("\(name).weight", shape), shift: try floats("\(name).bias", shape))
        }

        func layer(_ index: Int) throws(EmbeddingError) -> Layer {
            let name = "encoder.layer.\(index)"
            let (hidden, wide) = (configuration.hiddenSize, configuration.intermediateSize)
            let attention = ["query", "key", "value"].map { "\(name).attention.self.\($0)" }
            return Layer(
                attentionInput: try linear(attention, inputs: hidden, outputs: hidden, adds: false),
                attentionOutput: try linear(
                    ["\(name).attention.output.dense"], inputs: hidden, outputs: hidden, adds: true),
                attentionNorm: try norm("\(name).attention.output.LayerNorm"),
                expansion: try linear(["\(name).intermediate.dense"], inputs: hidden, outputs: wide, adds: false),
                contraction: try linear(["\(name).output.dense"], inputs: wide, outputs: hidden, adds: true),
                outputNorm: try norm("\(name).output.LayerNorm"))
        }

        /// One layer out of one or more of the file's, their outputs beside each other.
        private func linear(
            _ names: [String], inputs: Int, outputs: Int, adds: Bool
        ) throws(EmbeddingError) -> LinearLayer {
            var weights: [Floats] = [], biases: [Floats] = []
            for name in names {
                weights.append(try floats("\(name).weight", [outputs, inputs]))
                biases.append(try floats("\(name).bias", [outputs]))
            }
            let layer = LinearLayer(
                choice.engine,
                LinearLayer.Shape(inputs: inputs, outputs: outputs * names.count, addsToOutput: adds),
                precision: choice.precision, weights: names.count == 1 ? weights[0] : Floats(joining: weights),
                bias: names.count == 1 ? biases[0] : Floats(joining: biases))
            guard let layer else {
                throw EmbeddingError(.modelUnusable, "there is not enough memory for the model's weights")
            }
            return layer
        }
    }
}
