import FoundationEssentials
import Shared

extension TokenizerReader {
    /// A Unigram model with what XLM-R's heirs have before it.
    func unigram(
        _ opening: [Int32], _ closing: [Int32], _ added: [AddedTokens.Token]
    ) throws(EmbeddingError) -> UnigramTokenizer.Parts {
        guard let model = json["model"], let members = model["vocab"]?.array, let unknown = model["unk_id"]?.tokenID
        else {
            throw file.fault("has a Unigram model without 'vocab' and 'unk_id'")
        }
        guard model["byte_fallback"]?.bool != true else {
            throw file.fault("spells unknown characters in bytes, which is not supported")
        }
        var vocabulary: [(text: [UInt8], score: Double)] = []
        for member in members {
            var parts = member.array?.makeIterator()
            guard let text = parts?.next()?.string, let score = parts?.next()?.double, score.isFinite else {
                throw file.fault("has a piece that is not a text with a score")
            }
            vocabulary.append((Array(text.utf8), score))
        }
        guard vocabulary.indices.contains(Int(unknown)) else { throw file.fault("has no piece for unknown words") }
        let normalizer = UnigramNormalizer(steps: try steps(json["normalizer"]))
        return UnigramTokenizer.Parts(
            opening: opening, closing: closing, added: added.filter { !$0.isNormalised },
            addedAfter: added.filter(\.isNormalised).map { $0.normalised(by: normalizer) },
            normalizer: normalizer, words: try words(json["pre_tokenizer"]), vocabulary: vocabulary, unknown: unknown)
    }

    private func steps(_ json: JSONElement?) throws(EmbeddingError) -> [UnigramNormalizer.Step] {
        guard let json, !json.isNull else { return [] }
        switch json["type"]?.string {
        case "Sequence":
            var steps: [UnigramNormalizer.Step] = []
            for part in json["normalizers"]?.array.map(Array.init) ?? [] { steps += try self.steps(part) }
            return steps
        case "Precompiled":
            guard let text = json["precompiled_charsmap"]?.string, let bytes = Data(base64Encoded: text) else {
                throw file.fault("has a 'precompiled_charsmap' that is not base64")
            }
            // Models without any rule have an empty one.
            if bytes.isEmpty { return [] }
            guard let map = CharacterMap(bytes) else { throw file.fault("has a damaged 'precompiled_charsmap'") }
            return [.map(map)]
        case "Strip":
            return [.strip(start: json["strip_left"]?.bool == true, end: json["strip_right"]?.bool == true)]
        case "Replace":
            guard let content = json["content"]?.string else { break }
            if json["pattern"]?["Regex"]?.string == " {2,}" { return [.runsOfSpaces(by: Array(content.utf8))] }
            guard let text = json["pattern"]?["String"]?.string, !text.isEmpty else { break }
            return [.replace(Array(text.utf8), by: Array(content.utf8))]
        default: break
        }
        throw file.fault("has a normalizer that is not supported")
    }

    private func words(_ json: JSONElement?) throws(EmbeddingError) -> MetaspaceWords {
        let parts =
            json?["type"]?.string == "Sequence" ? json?["pretokenizers"]?.array.map(Array.init) : json.map { [$0] }
        let types = parts?.map { $0["type"]?.string } ?? []
        let splitsAtWhiteSpace = types == ["WhitespaceSplit", "Metaspace"]
        guard splitsAtWhiteSpace || types == ["Metaspace"], let metaspace = parts?.last else {
            throw file.fault("has a pre-tokenizer other than Metaspace, which is not supported")
        }
        let scheme = metaspace["prepend_scheme"]?.string
        guard ["always", "never", nil].contains(scheme), metaspace["split"]?.bool != false else {
            throw file.fault("has a Metaspace pre-tokenizer set in a way that is not supported")
        }
        let mark = metaspace["replacement"]?.string ?? "▁"
        guard mark.unicodeScalars.count == 1 else {
            throw file.fault("has a Metaspace replacement that is no character")
        }
        // Older files have a flag instead of the word.
        let isPrepended = scheme.map { $0 == "always" } ?? metaspace["add_prefix_space"]?.bool ?? true
        return MetaspaceWords(
            splitsAtWhiteSpace: splitsAtWhiteSpace, isPrepended: isPrepended, mark: Array(mark.utf8))
    }
}

extension AddedTokens.Token {
    fileprivate func normalised(by normalizer: UnigramNormalizer) -> AddedTokens.Token {
        AddedTokens.Token(
            text: normalizer.normalise(text), id: id, takesSpaceBefore: takesSpaceBefore,
            takesSpaceAfter: takesSpaceAfter,
            isWholeWord: isWholeWord, isNormalised: true)
    }
}
