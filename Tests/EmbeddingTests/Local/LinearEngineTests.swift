import Shared
import Testing

@testable import Embedding

/// Which library computes, and that both give the model's vectors.
struct LinearEngineTests {
    private typealias Precision = EmbeddingSettings.Precision
    private static let missing = "libopenblas.so.none"

    /// Like the choice of a machine on which oneDNN does nothing.
    private func refused(_ wanted: EmbeddingSettings.Engine?, _ precision: EmbeddingSettings.Precision?)
        throws(EmbeddingError) -> LinearEngine.Choice
    {
        try LinearEngine.choose(wanted, precision) { _ in false }
    }

    @Test func oneDNNIsTakenWhereItWorks() throws {
        for precision in Precision.allCases {
            #expect(LinearEngine.oneDNNAccepts(precision))
            // OpenBLAS need not be there.
            let choice = try LinearEngine.choose(nil, precision, library: Self.missing)
            #expect(choice.engine.isOneDNN && choice.precision == precision)
            #expect(choice.notice == "computed by oneDNN in \(precision)")
        }
        let wanted = try LinearEngine.choose(.onednn, nil, library: Self.missing)
        #expect(wanted.precision == .best && wanted.notice.hasSuffix("as OHRA_EMBEDDING_ENGINE says"))
    }

    @Test func openBLASIsTakenWhereOneDNNRefuses() throws {
        for precision in [nil, Precision.fp32] {
            let choice = try refused(nil, precision)
            #expect(!choice.engine.isOneDNN && choice.precision == .fp32)
            #expect(choice.notice.contains("oneDNN refuses") && choice.notice.contains("OpenBLAS computes in fp32"))
        }
    }

    @Test func whatNothingCanDoIsAnError() {
        for precision in [Precision.bf16, .int8] {
            let error = #expect(throws: EmbeddingError.self) { try refused(nil, precision) }
            #expect(error?.code == .modelUnusable && error?.message.contains("OHRA_EMBEDDING_PRECISION=auto") == true)
        }
        for precision in [Precision.bf16, .int8] {
            let error = #expect(throws: EmbeddingError.self) { try LinearEngine.choose(.openblas, precision) }
            #expect(error?.exitCode == 78 && error?.message.contains("OHRA_EMBEDDING_PRECISION=fp32") == true)
        }
        let error = #expect(throws: EmbeddingError.self) { try refused(.onednn, .fp32) }
        #expect(error?.message.contains("OHRA_EMBEDDING_ENGINE=openblas") == true)
    }

    @Test func aMissingLibraryIsNamedWithItsPackage() {
        // The second is there, but no OpenBLAS.
        for library in [Self.missing, "libm.so.6"] {
            let error = #expect(throws: EmbeddingError.self) {
                try LinearEngine.choose(.openblas, nil, library: library)
            }
            #expect(error?.message.contains(library) == true && error?.message.contains("libopenblas0-pthread") == true)
            #expect(error?.exitCode == 78)
        }
    }

    @Test func whereNeitherWorksBothReasonsAreTold() throws {
        let error = #expect(throws: EmbeddingError.self) {
            try LinearEngine.choose(nil, nil, library: Self.missing) { _ in false }
        }
        let message = try #require(error?.message)
        #expect(message.contains("oneDNN refuses") && message.contains(Self.missing))
        // Neither engine helps as a setting.
        #expect(!message.contains("OHRA_EMBEDDING_ENGINE"))
    }

    /// Builds that say 0 or 2 of themselves are for one thread, or give each product a team of OpenMP threads.
    @Test(arguments: [(0, false), (1, true), (2, false)]) func onlyTheBuildWithThreadsOfItsOwnIsTaken(
        kind: Int, isTaken: Bool
    ) throws {
        let library = try StandInLibrary(
            """
            int openblas_get_parallel(void) { return \(kind); }
            void openblas_set_num_threads(int count) { (void)count; }
            void cblas_sgemm(void) {}
            """)
        let opened = Result { try OpenBLAS(library: library.path) }
        #expect((try? opened.get()) != nil ? isTaken : !isTaken)
        if case .failure(let error) = opened { #expect("\(error)".contains("another build")) }
    }

    /// More threads than its build has room for crash the program.
    @Test func openBLASGetsNoMoreThreadsThanItHasRoomFor() async throws {
        let golden = try GoldenText.read("minilm.json")
        let options = LocalOptions(precision: .fp32, engine: .openblas, threads: 1024)
        let model = try LocalModel(options)
        #expect(model.threads == OpenBLAS.maximumThreads)
        // A batch each, and more of them than threads.
        let long = golden.filter { $0.ids.count > 128 }
        let texts = (0..<10).flatMap { _ in long }
        #expect(texts.count > OpenBLAS.maximumThreads)
        let vectors = try await model.vectors(texts.map(\.ids))
        for (vector, item) in zip(vectors, texts) { #expect(cosine(vector, item.vector) >= 0.99999) }
    }

    @Test func bothEnginesGiveOneModelsNameAndVectors() async throws {
        let golden = try GoldenText.read("minilm.json") + GoldenText.read("minilm_corpus.json")
        let model = try LocalModel(LocalOptions(precision: .fp32, engine: .openblas, threads: 2))
        #expect(model.engine.engine.isOneDNN == false)
        #expect(model.advice().contains("computed by OpenBLAS"))
        #expect(try model.name == LocalModel(LocalOptions(precision: .fp32, threads: 1)).name)
        let vectors = try await model.vectors(golden.map(\.ids))
        let cosines = zip(vectors, golden).map { cosine($0, $1.vector) }
        print("MiniLM fp32 by OpenBLAS: \(golden.count) texts, least cosine \(cosines.min() ?? 0)")
        #expect(cosines.count == golden.count && cosines.count >= 300)
        #expect(cosines.min() ?? 0 >= 0.99999)
    }

    @Test func aModelRunsWhereOneDNNRefuses() async throws {
        let golden = try GoldenText.read("minilm.json")
        let model = try LocalModel(LocalOptions(threads: 1), engine: try refused(nil, nil))
        #expect(model.name.hasSuffix(":fp32") && model.advice().contains("oneDNN refuses"))
        let vectors = try await model.vectors(golden.prefix(8).map(\.ids))
        for (vector, item) in zip(vectors, golden) { #expect(cosine(vector, item.vector) >= 0.99999) }
    }
}

extension LinearEngine {
    fileprivate var isOneDNN: Bool { if case .oneDNN = self { true } else { false } }
}
