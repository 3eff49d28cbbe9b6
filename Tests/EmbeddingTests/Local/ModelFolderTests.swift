import Foundation
import Shared
import Testing

@testable import Embedding

/// Folders that are not what they should be are refused with the file's name, and never crash the program.
@Suite struct ModelFolderTests {
    /// Runs `body` with a copy of the model's folder that shares the weights by a link.
    private func withCopy(_ body: (URL) async throws -> Void) async throws {
        let original = URL(filePath: try ModelLocation.folder(of: ModelLocation.defaultModel))
        let copy = FileManager.default.temporaryDirectory.appending(path: "ohra-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: copy, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: copy) }
        for name in [
            "config.json", "tokenizer.json", "tokenizer_config.json", "modules.json", "1_Pooling",
            "sentence_bert_config.json",
        ] {
            try FileManager.default.copyItem(at: original.appending(path: name), to: copy.appending(path: name))
        }
        let weights = copy.appending(path: "model.safetensors")
        try FileManager.default.createSymbolicLink(
            at: weights, withDestinationURL: original.appending(path: "model.safetensors"))
        try await body(copy)
    }

    private func fault(_ folder: URL) -> EmbeddingError? {
        do {
            _ = try LocalModel(LocalOptions(model: folder.path, precision: .int8, threads: 1))
            return nil
        } catch {
            return error
        }
    }

    @Test func folderWithoutChecksumsIsRead() async throws {
        try await withCopy { #expect(fault($0) == nil) }
    }

    @Test func listedChecksumsMustAgree() async throws {
        try await withCopy { folder in
            let list = folder.appending(path: "SHA256SUMS")
            let digest = try MappedFile(folder.appending(path: "config.json").path).digest()
            try Data("\(digest)  config.json\n".utf8).write(to: list)
            #expect(fault(folder) == nil)
            try Data("\(String(digest.reversed()))  config.json\n".utf8).write(to: list)
            let error = try #require(fault(folder))
            #expect(error.code == .modelUnusable && error.isFatal && error.exitCode == 78)
            #expect(error.description.contains("config.json is not the one that SHA256SUMS lists"))
        }
    }

    @Test(arguments: ["config.json", "model.safetensors", "tokenizer.json", "1_Pooling/config.json"])
    func missingFileIsNamed(name: String) async throws {
        try await withCopy { folder in
            try FileManager.default.removeItem(at: folder.appending(path: name))
            #expect(try #require(fault(folder)).description.contains(name))
        }
    }

    @Test(arguments: [0, 4, 8, 100, 20_000, 9_000_000]) func cutOffWeightsAreRefused(size: Int) async throws {
        try await withCopy { folder in
            let file = folder.appending(path: "model.safetensors")
            let whole = try Data(contentsOf: file.resolvingSymlinksInPath(), options: .alwaysMapped)
            try FileManager.default.removeItem(at: file)
            try whole.prefix(size).write(to: file)
            #expect(try #require(fault(folder)).description.contains("model.safetensors"))
        }
    }

    @Test(arguments: [
        ("config.json", "\"num_hidden_layers\": 6", "\"num_hidden_layers\": 7", "no tensor encoder.layer.6"),
        ("config.json", "\"hidden_size\": 384", "\"hidden_size\": 768", "of shape"),
        ("config.json", "\"model_type\": \"bert\"", "\"model_type\": \"qwen\"", "another kind"),
        ("config.json", "\"gelu\"", "\"relu\"", "activation"),
        ("config.json", "\"vocab_size\": 30522", "\"vocab_size\": 1000", "no embedding"),
        ("config.json", "{", "[", "not JSON"),
        ("tokenizer.json", "\"type\": \"WordPiece\"", "\"type\": \"BPE\"", "not supported"),
        ("tokenizer.json", "\"[CLS]\": 101", "\"[CLS]\": -1", "tokenizer.json"),
        ("modules.json", "models.Normalize", "models.Dense", "not supported"),
        (
            "1_Pooling/config.json", "\"pooling_mode_max_tokens\": false", "\"pooling_mode_max_tokens\": true",
            "not supported"
        ),
        ("sentence_bert_config.json", "256", "2", "leaves none"),
    ])
    func whatIsNotSupportedIsRefused(name: String, text: String, replacement: String, words: String) async throws {
        try await withCopy { folder in
            let file = folder.appending(path: name)
            let original = try String(contentsOf: file, encoding: .utf8)
            var changed = original.replacingOccurrences(of: text, with: replacement)
            // tokenizer.json is written without blanks after colons.
            if changed == original {
                changed = original.replacingOccurrences(
                    of: text.replacingOccurrences(of: ": ", with: ":"), with: replacement)
            }
            #expect(changed != original)
            try Data(changed.utf8).write(to: file)
            let error = try #require(fault(folder))
            #expect(error.code == .modelUnusable)
            #expect(error.description.contains(words), "\(error)")
        }
    }

    @Test func clsPoolingAndLengthAreTakenFromTheFolder() async throws {
        try await withCopy { folder in
            try Data(#"{"pooling_mode_cls_token": true, "pooling_mode_mean_tokens": false}"#.utf8)
                .write(to: folder.appending(path: "1_Pooling/config.json"))
            try FileManager.default.removeItem(at: folder.appending(path: "sentence_bert_config.json"))
            let read = try ModelFolder(folder.path)
            #expect(read.pooling == .cls && read.longestSequence == 512)
            #expect(read.digest != (try ModelFolder(ModelLocation.folder(of: ModelLocation.defaultModel)).digest))
        }
    }

    @Test func anotherDimensionThanTheCollectionsIsFatal() {
        let error = #expect(throws: EmbeddingError.self) {
            try LocalModel(LocalOptions(precision: .int8, threads: 1, dimension: 1024))
        }
        #expect(error?.code == .wrongDimension)
    }

    @Test func unknownNameSaysWhereItWasLookedFor() throws {
        let environment = ["XDG_DATA_HOME": "/nowhere/home", "XDG_DATA_DIRS": "/nowhere/one:/nowhere/two"]
        let error = #expect(throws: EmbeddingError.self) {
            try ModelLocation.folder(of: "nameless") { environment[$0] }
        }
        #expect(error?.description.contains("/nowhere/two/ohra/models/nameless") == true)
        #expect(try ModelLocation.folder(of: "./some/folder") == "./some/folder")
    }

    @Test func adviceSaysThatMiniLMKnowsNoKorean() async throws {
        let provider = LocalProvider(LocalOptions(precision: .int8, threads: 1))
        #expect(provider.advice == nil)
        try await provider.prepare()
        #expect(try #require(provider.advice).contains("good for English"))
    }
}
