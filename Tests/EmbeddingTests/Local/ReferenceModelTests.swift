import Foundation
import Shared
import Testing

@testable import Embedding

/// Small models with made-up weights against transformers: token ids, and vectors of both ways of pooling.
///
/// `make golden` writes them. `OHRA_REFERENCE_MODELS` names another folder of such models, too large to commit.
@Suite struct ReferenceModelTests {
    struct Model: Sendable, CustomTestStringConvertible {
        let folder: URL
        var testDescription: String { folder.lastPathComponent }
        var path: String { folder.path }

        func texts() throws -> [JSONElement] {
            let json = try JSONElement(parsing: Data(contentsOf: folder.appending(path: "golden.json")))
            return try Array(#require(json.array))
        }
    }

    private static let models: [Model] = {
        let own = TinyModel.allCases.map { Model(folder: $0.folder) }
        guard let other = ProcessInfo.processInfo.environment["OHRA_REFERENCE_MODELS"] else { return own }
        return own
            + TinyModel.allCases.map { Model(folder: URL(filePath: other).appending(path: $0.rawValue)) }
    }()

    private func ids(_ item: JSONElement, _ name: String) throws -> [Int32] {
        try #require(item[name]?.array).compactMap { $0.int.map(Int32.init) }
    }

    @Test(arguments: models) func tokensAreThoseOfTransformers(model: Model) throws {
        let folder = try ModelFolder(model.path)
        let texts = try model.texts()
        #expect(texts.count >= 90)
        for item in texts {
            let text = try #require(item["text"]?.string)
            #expect(
                folder.tokenizer.sequence(text, limit: folder.longestSequence) == (try ids(item, "ids")),
                "\(text.debugDescription)")
        }
    }

    @Test(arguments: models.filter { $0.testDescription.hasPrefix("xlm") })
    func tokensOfOlderFilesAreThoseOfTokenizers(model: Model) throws {
        let file = try MappedFile(model.folder.appending(path: "tokenizer.older.json").path)
        let tokenizer = try TokenizerReader(file).tokenizer(vocabularySize: .init(Int32.max))
        for item in try model.texts() {
            let text = try #require(item["text"]?.string)
            #expect(tokenizer.sequence(text, limit: .max) == (try ids(item, "older")), "\(text.debugDescription)")
        }
    }

    @Test(arguments: models, [ModelFolder.Pooling.mean, .cls])
    func vectorsAreThoseOfTransformers(model: Model, pooling: ModelFolder.Pooling) async throws {
        let copy = FileManager.default.temporaryDirectory.appending(path: "ohra-\(UUID().uuidString)")
        try FileManager.default.copyItem(at: model.folder, to: copy)
        defer { try? FileManager.default.removeItem(at: copy) }
        try Data(#"{"pooling_mode_\#(pooling)_token\#(pooling == .mean ? "s" : "")": true}"#.utf8)
            .write(to: copy.appending(path: "1_Pooling/config.json"))
        let texts = try model.texts()
        let ids = try texts.map { try self.ids($0, "ids") }
        typealias Engine = EmbeddingSettings.Engine
        for (precision, engine, least) in [
            (EmbeddingSettings.Precision.fp32, Engine.onednn, 0.99999), (.fp32, .openblas, 0.99999),
            (.bf16, .onednn, 0.995), (.int8, .onednn, 0.97),
        ] {
            let local = try LocalModel(
                LocalOptions(model: copy.path, precision: precision, engine: engine, threads: 2))
            let vectors = try await local.vectors(ids)
            let cosines = try zip(vectors, texts).map { cosine($0, try GoldenText.vector($1["\(pooling)"])) }
            #expect(cosines.count == texts.count)
            #expect(cosines.min() ?? 0 >= least, "\(precision) by \(engine)")
        }
    }

    @Test func prefixesOfTheFolderStandBeforeTexts() throws {
        let xlm = try #require(Self.models.last)
        let model = try LocalModel(LocalOptions(model: xlm.path, precision: .fp32, threads: 1))
        let tokenizer = model.folder.tokenizer
        for (purpose, prefix) in [(EmbeddingPurpose.query, "query: "), (.document, "passage: ")] {
            #expect(
                model.sequence("냉동 창고", purpose: purpose)
                    == tokenizer.sequence("\(prefix)냉동 창고", limit: model.folder.longestSequence))
        }
        let other = try LocalModel(
            LocalOptions(model: xlm.path, precision: .fp32, threads: 1, queryPrefix: "Frage: ", documentPrefix: ""))
        #expect(other.folder.prefixes == [.query: "Frage: ", .document: ""])
        #expect(other.name != model.name)
    }

    @Test(arguments: [
        ("\"type\": \"Metaspace\"", "\"type\": \"ByteLevel\"", "pre-tokenizer"),
        ("\"prepend_scheme\": \"always\"", "\"prepend_scheme\": \"first\"", "Metaspace"),
        ("\"type\": \"Precompiled\"", "\"type\": \"NFC\"", "normalizer"),
        ("\"precompiled_charsmap\": \"", "\"precompiled_charsmap\": \"?", "base64"),
        ("\"precompiled_charsmap\": \"A", "\"precompiled_charsmap\": \"//", "precompiled_charsmap"),
        ("\"byte_fallback\": false", "\"byte_fallback\": true", "bytes"),
        ("\"unk_id\": 3", "\"unk_id\": 30000", "unknown"),
        ("\"▁word\",", "\"▁word\", {},", "score"),
    ])
    func unigramTokenizerThatIsNotSupportedIsRefused(text: String, replacement: String, words: String) throws {
        let original = try String(
            contentsOf: #require(Self.models.last).folder.appending(path: "tokenizer.json"), encoding: .utf8)
        let changed = original.replacingOccurrences(of: text, with: replacement)
        #expect(changed != original)
        let file = FileManager.default.temporaryDirectory.appending(path: "ohra-\(UUID().uuidString).json")
        try Data(changed.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let error = #expect(throws: EmbeddingError.self) {
            try TokenizerReader(MappedFile(file.path)).tokenizer(vocabularySize: 1000)
        }
        #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
        #expect(error?.description.contains(file.path) == true)
    }
}
