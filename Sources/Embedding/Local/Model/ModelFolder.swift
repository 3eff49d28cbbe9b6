import Crypto
import Shared

/// A folder with an embedding model as sentence-transformers publishes it, read and checked.
///
/// | file | what is taken from it |
/// | --- | --- |
/// | `config.json` | the encoder's shape |
/// | `model.safetensors` | the weights |
/// | `tokenizer.json` | the tokenizer; its truncation and padding are ignored, as sentence-transformers does |
/// | `sentence_bert_config.json` | `max_seq_length`; otherwise `tokenizer_config.json`'s `model_max_length` |
/// | `modules.json`, `<pooling>/config.json` | how tokens become one vector |
/// | `config_sentence_transformers.json` | `prompts`: what is put before queries and documents |
/// | `SHA256SUMS` | if there: must agree with every file it names |
struct ModelFolder: Sendable {
    enum Pooling: String, Sendable {
        /// The mean over all tokens, the added ones too.
        case mean
        /// The first token.
        case cls
    }

    let path: String
    /// The folder's name.
    let name: String
    let configuration: ModelConfiguration
    let tensors: TensorFile
    let tokenizer: any Tokenizer
    let pooling: Pooling
    /// Tokens per text, added ones included.
    let longestSequence: Int
    /// Put before a text, by purpose.
    let prefixes: [EmbeddingPurpose: String]
    /// 8 hex digits that change when anything changes that decides a document's vector.
    let digest: String

    /// - Parameter path: of the folder.
    /// - Throws: ``EmbeddingError`` with code `modelUnusable`.
    init(_ path: String, prefixes settings: [EmbeddingPurpose: String] = [:]) throws(EmbeddingError) {
        func file(_ name: String) throws(EmbeddingError) -> MappedFile { try MappedFile("\(path)/\(name)") }
        func json(_ name: String) throws(EmbeddingError) -> JSONElement? {
            guard MappedFile.exists("\(path)/\(name)") else { return nil }
            return try file(name).json()
        }
        let name = path.split(separator: "/").last.map(String.init) ?? path
        self.path = path
        self.name = name
        configuration = try ModelConfiguration(file("config.json"))
        let weights = try file("model.safetensors")
        let tokenizerFile = try file("tokenizer.json")
        let digests = ["model.safetensors": weights.digest(), "tokenizer.json": tokenizerFile.digest()]
        try ModelChecksums.verify(path, known: digests)
        tensors = try TensorFile(weights)
        tokenizer = try TokenizerReader(tokenizerFile).tokenizer(vocabularySize: configuration.vocabularySize)
        let sentences = try json("sentence_bert_config.json")
        guard sentences?["do_lower_case"]?.bool != true else {
            throw EmbeddingError(
                .modelUnusable,
                "the model's file \(path)/sentence_bert_config.json asks for lower case, which is not supported")
        }
        var limit = sentences?["max_seq_length"]?.int
        if limit == nil { limit = try json("tokenizer_config.json")?["model_max_length"]?.int }
        let longest = min(limit ?? .max, configuration.longestSequence)
        guard longest > tokenizer.addedTokenCount else {
            throw EmbeddingError(
                .modelUnusable, "the model in \(path) takes \(longest) tokens, which leaves none for text")
        }
        longestSequence = longest
        pooling = try Self.pooling(path, modules: json("modules.json"))
        let prompts = try json("config_sentence_transformers.json")?["prompts"]
        self.prefixes = Self.prefixes(settings, prompts: prompts, name: name)
        let identity = [
            digests["model.safetensors"], digests["tokenizer.json"], pooling.rawValue, String(longestSequence),
            self.prefixes[.document],
        ]
        let joined = identity.map { $0 ?? "" }.joined(separator: "\u{1F}")
        digest = String(SHA256.hash(data: Array(joined.utf8)).hex.prefix(8))
    }

    /// What sentence-transformers does after the encoder: pooling, then at most a normalization.
    private static func pooling(_ path: String, modules: JSONElement?) throws(EmbeddingError) -> Pooling {
        func fault(_ text: String) -> EmbeddingError {
            EmbeddingError(.modelUnusable, "the model in \(path) \(text)")
        }
        guard let modules else { return .mean }
        guard let array = modules.array else { throw fault("has a modules.json that is no array") }
        var folder: String?
        for module in array {
            let type = module["type"]?.string?.split(separator: ".").last ?? ""
            switch type {
            case "Transformer", "Normalize": continue
            case "Pooling": folder = module["path"]?.string
            default: throw fault("has a module beside Transformer, Pooling and Normalize, which is not supported")
            }
        }
        guard let folder, !folder.isEmpty, !folder.contains("/"), folder != ".." else {
            throw fault("has no pooling in modules.json")
        }
        let json = try MappedFile("\(path)/\(folder)/config.json").json()
        // Newer versions write one word, older ones a flag for each way.
        if let mode = json["pooling_mode"]?.string {
            guard let pooling = Pooling(rawValue: mode) else { throw fault("pools in a way that is not supported") }
            return pooling
        }
        let flags = (json.object.map(Array.init) ?? []).filter {
            $0.key.hasPrefix("pooling_mode_") && $0.value.bool == true
        }
        switch flags.map(\.key) {
        case ["pooling_mode_mean_tokens"]: return .mean
        case ["pooling_mode_cls_token"]: return .cls
        default: throw fault("pools in a way that is not supported; mean and cls are")
        }
    }

    /// Settings win over what the model's files say; E5 models say nothing and need their two words all the same.
    ///
    /// **Source**: https://huggingface.co/intfloat/multilingual-e5-small#faq
    private static func prefixes(
        _ settings: [EmbeddingPurpose: String], prompts: JSONElement?, name: String
    ) -> [EmbeddingPurpose: String] {
        let isE5 = name.lowercased().split(whereSeparator: { !$0.isLetter && !$0.isNumber }).contains("e5")
        var prefixes: [EmbeddingPurpose: String] = isE5 ? [.query: "query: ", .document: "passage: "] : [:]
        for (key, purpose) in [
            ("query", EmbeddingPurpose.query), ("passage", .document), ("document", .document),
        ] {
            if let prompt = prompts?[key]?.string, !prompt.isEmpty { prefixes[purpose] = prompt }
        }
        return prefixes.merging(settings) { $1 }
    }
}
