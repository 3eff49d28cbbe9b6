import Configuration
import Shared
import Testing

@Suite struct ChunkSettingsTests {
    private func read(_ values: [String: String]) -> (settings: ChunkSettings, faults: [String]) {
        let entries = values.map { (AbsoluteConfigKey([$0.key]), ConfigValue(.string($0.value), isSecret: false)) }
        var reader = SettingsReader(
            ConfigReader(provider: InMemoryProvider(values: Dictionary(uniqueKeysWithValues: entries))))
        let settings = ChunkSettings(&reader)
        return (settings, reader.faults)
    }

    @Test func defaultsAreThoseOfTheOriginal() {
        let (settings, faults) = read([:])
        #expect(settings == ChunkSettings())
        #expect(settings.sizeInScalars == 1500 && settings.overlapInScalars == 300 && settings.strategy == .recursive)
        #expect(faults.isEmpty)
    }

    @Test func markdownIsAStrategy() {
        let (settings, faults) = read(["OHRA_CHUNK_STRATEGY": "Markdown"])
        #expect(settings.strategy == .markdown && faults.isEmpty)
    }

    @Test func unknownStrategyIsAFault() {
        #expect(read(["OHRA_CHUNK_STRATEGY": "semantic"]).faults.count == 1)
    }

    @Test(arguments: ["0", "100001", "-1", "many"]) func sizeOutOfRangeIsAFault(text: String) {
        #expect(read(["OHRA_CHUNK_SIZE": text]).faults == ["OHRA_CHUNK_SIZE must be a whole number from 1 to 100000"])
    }

    @Test func overlapMustBeSmallerThanTheSize() {
        let (_, faults) = read(["OHRA_CHUNK_SIZE": "100", "OHRA_CHUNK_OVERLAP": "100"])
        #expect(faults == ["OHRA_CHUNK_OVERLAP must be smaller than OHRA_CHUNK_SIZE (100)"])
    }

    @Test func smallSizeAloneBringsASmallOverlap() {
        let (settings, faults) = read(["OHRA_CHUNK_SIZE": "100"])
        #expect(settings.overlapInScalars == 20 && faults.isEmpty)
        #expect(read(["OHRA_CHUNK_SIZE": "1"]).settings.overlapInScalars == 0)
    }

    @Test func overlapOutOfRangeIsRefusedByTheInitializer() {
        #expect(throws: SettingsError.self) { try ChunkSettings(sizeInScalars: 10, overlapInScalars: 10) }
        #expect(throws: SettingsError.self) { try ChunkSettings(sizeInScalars: 0, overlapInScalars: 0) }
    }
}
