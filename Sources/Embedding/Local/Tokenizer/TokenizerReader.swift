import Shared

/// Reads `tokenizer.json` of huggingface/tokenizers. What it asks for and we do not do is refused, never passed over.
///
/// **Source**: https://huggingface.co/docs/tokenizers/components
struct TokenizerReader {
    let file: MappedFile
    let json: JSONElement

    /// Tokens that a template puts around a text; models have two.
    private static let mostAddedTokens = 64

    /// - Throws: ``EmbeddingError`` with code `modelUnusable` when the file is not JSON.
    init(_ file: MappedFile) throws(EmbeddingError) {
        self.file = file
        json = try file.json()
    }

    /// - Parameter vocabularySize: rows of the model's word embeddings; no id may lie past them.
    /// - Throws: ``EmbeddingError`` with code `modelUnusable` when the tokenizer is of a kind that is not known.
    func tokenizer(vocabularySize: Int) throws(EmbeddingError) -> any Tokenizer {
        let (opening, closing) = try template()
        let added = try addedTokens()
        let tokenizer: any Tokenizer
        let highest: Int32
        switch json["model"]?["type"]?.string {
        case "WordPiece":
            let parts = try wordPiece(opening, closing, added)
            highest = parts.vocabulary.map(\.id).max() ?? 0
            tokenizer = WordPieceTokenizer(parts)
        case "Unigram":
            let parts = try unigram(opening, closing, added)
            highest = Int32(parts.vocabulary.count - 1)
            tokenizer = UnigramTokenizer(parts)
        default: throw file.fault("has a model other than WordPiece and Unigram, which is not supported")
        }
        let ids = opening + closing + added.map(\.id) + [highest]
        guard ids.allSatisfy({ (0..<Int32(vocabularySize)).contains($0) }) else {
            throw file.fault("has an id that the model has no embedding for")
        }
        return tokenizer
    }

    /// What the post-processor puts around a single text.
    private func template() throws(EmbeddingError) -> (opening: [Int32], closing: [Int32]) {
        let processor = json["post_processor"]
        switch processor?["type"]?.string {
        case nil: return ([], [])
        case "TemplateProcessing": break
        case "BertProcessing", "RobertaProcessing":
            guard let start = processor?["cls"].flatMap(Self.secondID),
                let end = processor?["sep"].flatMap(Self.secondID)
            else { throw file.fault("has a post-processor without 'cls' and 'sep'") }
            return ([start], [end])
        default: throw file.fault("has a post-processor of a kind that is not supported")
        }
        var opening: [Int32] = [], closing: [Int32] = []
        var isPastText = false
        for part in processor?["single"]?.array.map(Array.init) ?? [] {
            if part["Sequence"] != nil {
                isPastText = true
                continue
            }
            let ids = part["SpecialToken"]?["id"]?.string.flatMap { processor?["special_tokens"]?[$0]?["ids"]?.array }
            guard let ids else { throw file.fault("has a template with a token that it does not define") }
            for id in ids {
                guard let id = id.tokenID else { throw file.fault("has a template with an id that is no number") }
                if isPastText { closing.append(id) } else { opening.append(id) }
            }
            guard opening.count + closing.count <= Self.mostAddedTokens else {
                throw file.fault("has a template with more than \(Self.mostAddedTokens) tokens")
            }
        }
        guard isPastText else { throw file.fault("has a template without a place for the text") }
        return (opening, closing)
    }

    private static func secondID(_ pair: JSONElement) -> Int32? {
        pair.array.map(Array.init)?.dropFirst().first?.tokenID
    }

    private func addedTokens() throws(EmbeddingError) -> [AddedTokens.Token] {
        var tokens: [AddedTokens.Token] = []
        for token in json["added_tokens"]?.array.map(Array.init) ?? [] {
            guard let text = token["content"]?.string, !text.isEmpty, let id = token["id"]?.tokenID else {
                throw file.fault("has an added token without 'content' or 'id'")
            }
            tokens.append(
                AddedTokens.Token(
                    text: Array(text.utf8), id: id, takesSpaceBefore: token["lstrip"]?.bool == true,
                    takesSpaceAfter: token["rstrip"]?.bool == true, isWholeWord: token["single_word"]?.bool == true,
                    isNormalised: token["normalized"]?.bool == true))
        }
        return tokens
    }

    private func wordPiece(
        _ opening: [Int32], _ closing: [Int32], _ added: [AddedTokens.Token]
    ) throws(EmbeddingError) -> WordPieceTokenizer.Parts {
        guard json["normalizer"]?["type"]?.string == "BertNormalizer",
            json["pre_tokenizer"]?["type"]?.string == "BertPreTokenizer", let model = json["model"],
            let members = model["vocab"]?.object
        else {
            throw file.fault("has a WordPiece model without BERT's normalizer, pre-tokenizer and a vocabulary")
        }
        guard !added.contains(where: \.isNormalised) else {
            throw file.fault("has an added token that is looked for after normalisation, which is not supported")
        }
        var vocabulary: [(text: [UInt8], id: Int32)] = []
        for (piece, id) in members {
            guard let id = id.tokenID else { throw file.fault("has a piece whose id is no number") }
            vocabulary.append((Array(piece.utf8), id))
        }
        let unknownText = Array((model["unk_token"]?.string ?? "[UNK]").utf8)
        guard let unknown = vocabulary.first(where: { $0.text == unknownText })?.id else {
            throw file.fault("has no piece for unknown words")
        }
        let normalizer = json["normalizer"]
        let lowercases = normalizer?["lowercase"]?.bool ?? true
        return WordPieceTokenizer.Parts(
            opening: opening, closing: closing, added: added,
            normalization: BERTNormalization(
                cleansText: normalizer?["clean_text"]?.bool ?? true,
                separatesIdeographs: normalizer?["handle_chinese_chars"]?.bool ?? true,
                // Not set means: as lower-casing is.
                stripsMarks: normalizer?["strip_accents"]?.bool ?? lowercases, lowercases: lowercases),
            vocabulary: vocabulary,
            continuationPrefix: Array((model["continuing_subword_prefix"]?.string ?? "##").utf8), unknown: unknown,
            longestWord: model["max_input_chars_per_word"]?.int ?? 100)
    }
}

extension JSONElement {
    /// A number that can be the id of a token.
    var tokenID: Int32? { int.flatMap { (0...4_000_000).contains($0) ? Int32($0) : nil } }
}
