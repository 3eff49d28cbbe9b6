/// Lengths of vectors.
enum VectorNorm {
    /// The factor that gives a vector length 1; nil when it holds NaN or infinity or has (almost) no length.
    /// As a Double, because for very long vectors it is no normal Float.
    static func scale(_ vector: some Collection<Float>) -> Double? {
        var sum = 0.0
        for number in vector { sum += Double(number) * Double(number) }
        // NaN and infinity show in the sum; squares of finite floats cannot overflow a Double.
        guard sum.isFinite, sum > 1e-24 else { return nil }
        return 1 / sum.squareRoot()
    }
}
