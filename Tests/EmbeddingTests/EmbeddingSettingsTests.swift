import Configuration
import Embedding
import Shared
import Testing

@Suite struct EmbeddingSettingsTests {
    private func read(_ values: [String: String]) -> (settings: EmbeddingSettings, faults: [String]) {
        let entries = values.map { (AbsoluteConfigKey([$0.key]), ConfigValue(.string($0.value), isSecret: false)) }
        var reader = SettingsReader(
            ConfigReader(provider: InMemoryProvider(values: Dictionary(uniqueKeysWithValues: entries))))
        let settings = EmbeddingSettings(&reader)
        return (settings, reader.faults)
    }

    private let silent = ScriptedTransport { _, _ in HTTPResponse(status: 500) }

    @Test(arguments: [[:], ["OHRA_EMBEDDING_PROVIDER": "local"]])
    func nothingSetMeansTheModelInsideTheProgram(values: [String: String]) throws {
        let (settings, faults) = read(values)
        #expect(faults.isEmpty)
        let descriptor = try EmbeddingProviderFactory.make(settings, transport: silent).descriptor
        #expect(descriptor.provider == "local" && descriptor.model == "all-MiniLM-L6-v2" && descriptor.dimension == 0)
    }

    @Test func hashNeedsNothingElse() throws {
        let (settings, faults) = read(["OHRA_EMBEDDING_PROVIDER": "hash"])
        #expect(faults.isEmpty)
        let descriptor = try EmbeddingProviderFactory.make(settings, transport: silent).descriptor
        #expect(descriptor.provider == "hash" && descriptor.model == "ngram-v1" && descriptor.dimension == 384)
    }

    @Test func localTakesPrecisionThreadsAndPrefixes() {
        let settings = read([
            "OHRA_EMBEDDING_PROVIDER": "local", "OHRA_EMBEDDING_MODEL": "/models/e5",
            "OHRA_EMBEDDING_PRECISION": "INT8",
            "OHRA_EMBEDDING_THREADS": "3", "OHRA_EMBEDDING_QUERY_PREFIX": "query: ",
            "OHRA_EMBEDDING_DOCUMENT_PREFIX": "passage: ",
        ]).settings
        #expect(settings.precision == .int8 && settings.threads == 3 && settings.model == "/models/e5")
        #expect(settings.queryPrefix == "query: " && settings.documentPrefix == "passage: ")
    }

    @Test(arguments: [("auto", 0), ("fp32", 0), ("fp8", 1)]) func precisionIsChecked(text: String, faults: Int) {
        let read = read(["OHRA_EMBEDDING_PROVIDER": "local", "OHRA_EMBEDDING_PRECISION": text])
        #expect(read.faults.count == faults)
        #expect(text != "auto" || read.settings.precision == nil)
    }

    @Test(arguments: [
        ("auto", "int8", 0), ("onednn", "int8", 0), ("openblas", "auto", 0), ("OpenBLAS", "fp32", 0),
        ("openblas", "int8", 1), ("openblas", "bf16", 1), ("mkl", "auto", 1),
    ])
    func openBLASComputesInFP32Only(engine: String, precision: String, faults: Int) {
        let read = read(["OHRA_EMBEDDING_ENGINE": engine, "OHRA_EMBEDDING_PRECISION": precision])
        #expect(read.faults.count == faults)
        #expect(read.faults.allSatisfy { $0.contains("OHRA_EMBEDDING_") && $0.contains(engine.lowercased()) })
        #expect(engine != "auto" || read.settings.engine == nil)
        #expect(engine != "openblas" || read.settings.engine == .openblas)
    }

    @Test func openAIWithoutURLAndModelNamesBoth() {
        let faults = read(["OHRA_EMBEDDING_PROVIDER": "openai"]).faults
        #expect(faults.count == 2)
        #expect(faults[0].hasPrefix("OHRA_EMBEDDING_URL is missing"))
        #expect(faults[1].hasPrefix("OHRA_EMBEDDING_MODEL is missing"))
        #expect(throws: SettingsError.self) {
            try EmbeddingProviderFactory.make(EmbeddingSettings(provider: .openai), transport: silent)
        }
    }

    @Test func faultyURLIsReportedOnce() {
        let faults = read([
            "OHRA_EMBEDDING_PROVIDER": "openai", "OHRA_EMBEDDING_URL": "ftp://x", "OHRA_EMBEDDING_MODEL": "m",
        ]).faults
        #expect(faults.count == 1)
    }

    @Test func urlWithoutProviderIsAFault() {
        #expect(read(["OHRA_EMBEDDING_URL": "http://tei"]).faults.count == 1)
        #expect(read(["OHRA_EMBEDDING_URL": "http://tei", "OHRA_EMBEDDING_PROVIDER": "hash"]).faults.isEmpty)
    }

    @Test(arguments: [("hash", "7", 1), ("hash", "8", 0), ("hash", "4096", 0), ("hash", "4097", 1), ("hash", "x", 1)])
    func dimensionIsChecked(provider: String, dimension: String, faults: Int) {
        let values = ["OHRA_EMBEDDING_PROVIDER": provider, "OHRA_EMBEDDING_DIMENSION": dimension]
        #expect(read(values).faults.count == faults)
    }

    @Test func keyNeverShowsWhenPrinted() {
        let (settings, _) = read([
            "OHRA_EMBEDDING_PROVIDER": "openai", "OHRA_EMBEDDING_URL": "http://tei/v1", "OHRA_EMBEDDING_MODEL": "m",
            "OHRA_EMBEDDING_API_KEY": "sk-very-secret",
        ])
        #expect(settings.apiKey?.reveal() == "sk-very-secret")
        var text = "\(settings)"
        dump(settings, to: &text)
        #expect(!text.contains("very-secret"))
    }

    private let openAI = [
        "OHRA_EMBEDDING_PROVIDER": "openai", "OHRA_EMBEDDING_URL": "http://tei", "OHRA_EMBEDDING_MODEL": "m",
    ]

    @Test func serverHasDefaults() {
        let (settings, faults) = read(openAI)
        #expect(faults.isEmpty && settings.server == EmbeddingServerSettings())
        #expect(settings.server.maximumInputsPerRequest == 64 && settings.server.concurrency == 8)
    }

    @Test func serverSettingsAreRead() {
        let (settings, faults) = read(
            openAI.merging([
                "OHRA_EMBEDDING_AUTH": "api-key", "OHRA_EMBEDDING_API_VERSION": "2024-10-21",
                "OHRA_EMBEDDING_MAX_TOKENS": "512", "OHRA_EMBEDDING_REQUEST_INPUTS": "10",
                "OHRA_EMBEDDING_REQUEST_TOKENS": "9000", "OHRA_EMBEDDING_CONCURRENCY": "2",
                "OHRA_EMBEDDING_TIMEOUT": "30", "OHRA_EMBEDDING_QUERY_PREFIX": "query: ",
            ]) { $1 })
        var wanted = EmbeddingServerSettings()
        wanted.authentication = .apiKey
        wanted.apiVersion = "2024-10-21"
        wanted.maximumTokens = 512
        wanted.maximumInputsPerRequest = 10
        wanted.maximumTokensPerRequest = 9000
        wanted.concurrency = 2
        wanted.deadline = .seconds(30)
        #expect(faults.isEmpty && settings.server == wanted && settings.queryPrefix == "query: ")
    }

    @Test(arguments: [
        ("AUTH", "auto", 0), ("AUTH", "basic", 1), ("API_VERSION", "2024&x=1", 1), ("MAX_TOKENS", "15", 1),
        ("REQUEST_INPUTS", "0", 1), ("REQUEST_INPUTS", "2049", 1), ("REQUEST_TOKENS", "0", 1), ("CONCURRENCY", "0", 1),
        ("TIMEOUT", "0", 1), ("TIMEOUT", "many", 1),
    ])
    func serverSettingsAreChecked(name: String, value: String, faults: Int) {
        #expect(read(openAI.merging(["OHRA_EMBEDDING_\(name)": value]) { $1 }).faults.count == faults)
    }
}
