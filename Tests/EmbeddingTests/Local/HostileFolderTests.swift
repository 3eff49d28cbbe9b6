import Foundation
import Shared
import Testing

@testable import Embedding

/// Spoiled model folders are refused with one line that names a file or the folder, or they work; they never crash.
@Suite struct HostileFolderTests {
    private static let files = [
        "config.json", "tokenizer.json", "model.safetensors", "modules.json", "1_Pooling/config.json",
        "sentence_bert_config.json", "config_sentence_transformers.json",
    ]
    /// What takes the place of a number or a text.
    private static let values = [
        "-1", "0", "1", "2", "65535", "2147483647", "2147483648", "4294967295", "9223372036854775807",
        "-9223372036854775808", "18446744073709551615", "1e308", "-0.5", "null", "true", "\"\"", "\"\\u0000\"", "[]",
        "{}",
        "[[[[]]]]",
    ]

    /// Refused as it should be, or embeds a text.
    private func tryFolder(_ folder: URL, _ what: String) async {
        do throws(EmbeddingError) {
            let provider = LocalProvider(LocalOptions(model: folder.path, precision: .fp32, threads: 1))
            try await provider.prepare()
            let vectors = try await provider.embed(["냉동 창고 <mask> word\u{301} ﬁ", ""], purpose: .document)
            #expect(vectors.count == 2)
        } catch {
            #expect([.modelUnusable, .invalidVector].contains(error.code), "\(what): \(error)")
            #expect(error.code == .invalidVector || error.description.contains(folder.path), "\(what): \(error)")
            #expect(!error.description.contains("\n") && error.description.utf8.count < 500, "\(what): \(error)")
        }
    }

    private func spoiled(_ bytes: Data, isJSON: Bool, _ random: inout SeededNumbers) -> Data {
        var bytes = bytes
        // Weights themselves may hold anything; what matters of them is the header.
        let header = isJSON ? bytes.count : min(bytes.count, 2500)
        switch Int.random(in: 0..<(isJSON ? 5 : 4), using: &random) {
        case 0: return bytes.prefix(Int.random(in: 0..<bytes.count, using: &random))
        case 1:
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                bytes[Int.random(in: 0..<header, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            return bytes
        case 2: return bytes + bytes.prefix(Int.random(in: 1...header, using: &random))
        case 3:
            let start = Int.random(in: 0..<header, using: &random)
            bytes.removeSubrange(start..<min(bytes.count, start + Int.random(in: 1...40, using: &random)))
            return bytes
        default: return replaced(String(decoding: bytes, as: UTF8.self), &random)
        }
    }

    /// Another value for one of the numbers, texts or words.
    private func replaced(_ text: String, _ random: inout SeededNumbers) -> Data {
        let values = text.matches(of: /-?\d+(\.\d+)?|"[^"]*"|true|false|null/)
        guard let value = values.randomElement(using: &random), let other = Self.values.randomElement(using: &random)
        else {
            return Data(text.utf8)
        }
        return Data(text.replacingCharacters(in: value.range, with: other).utf8)
    }

    @Test(arguments: TinyModel.allCases) func spoiledFilesNeverCrash(model: TinyModel) async throws {
        let original = model.folder
        let folder = FileManager.default.temporaryDirectory.appending(path: "ohra-\(UUID().uuidString)")
        try FileManager.default.copyItem(at: original, to: folder)
        defer { try? FileManager.default.removeItem(at: folder) }
        var random = SeededNumbers(seed: 20_261_125)
        for name in Self.files {
            let whole = try Data(contentsOf: original.appending(path: name))
            let file = folder.appending(path: name)
            for round in 0..<40 {
                try spoiled(whole, isJSON: name.hasSuffix(".json"), &random).write(to: file)
                await tryFolder(folder, "\(model)/\(name), round \(round)")
            }
            try whole.write(to: file)
        }
    }

    @Test func weightsThatAreNoNumbersAreRefusedAtStart() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "ohra-\(UUID().uuidString)")
        try FileManager.default.copyItem(at: TinyModel.bert.folder, to: folder)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "model.safetensors")
        var bytes = try Data(contentsOf: file)
        let header = bytes.withUnsafeBytes { Int($0.loadUnaligned(as: UInt64.self)) } + 8
        for index in header..<bytes.count { bytes[index] = 0xFF }
        try bytes.write(to: file)
        let provider = LocalProvider(LocalOptions(model: folder.path, precision: .fp32, threads: 1))
        let error = await #expect(throws: EmbeddingError.self) { try await provider.prepare() }
        #expect(error?.code == .modelUnusable && error?.description.contains(folder.path) == true)
    }

    @Test(arguments: [
        ("config.json", #""pad_token_id": 1"#, #""pad_token_id": 9223372036854775807"#, "pad_token_id"),
        ("sentence_bert_config.json", #""do_lower_case": false"#, #""do_lower_case": true"#, "lower case"),
    ])
    func impossibleSettingIsRefused(name: String, text: String, replacement: String, words: String) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "ohra-\(UUID().uuidString)")
        try FileManager.default.copyItem(at: TinyModel.xlmRoberta.folder, to: folder)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: name)
        let changed = try String(contentsOf: file, encoding: .utf8).replacingOccurrences(of: text, with: replacement)
        #expect(changed.contains(replacement))
        try Data(changed.utf8).write(to: file)
        let error = #expect(throws: EmbeddingError.self) { try ModelFolder(folder.path) }
        #expect(error?.description.contains(words) == true && error?.description.contains(file.path) == true)
    }
}

/// SplitMix64, so that every run spoils alike. Source: https://prng.di.unimi.it/splitmix64.c
private struct SeededNumbers: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }
}
