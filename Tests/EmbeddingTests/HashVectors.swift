/// Numbers that pin the `hash` provider's method; computed by a second implementation, in Python.
enum HashVectors {
    static let kindOne: UInt64 = 971_909_191_830_961_740
    static let queue: UInt64 = 5_597_091_294_111_074_539
    static let deploy: UInt64 = 12_934_312_039_387_248_441
    static let sample: [Float] = [
        0.34679184, -0.34679184, -0.24275429, -0.64156491,
        -0.17339592, 0.50284817, -0.06935837, 0.03467918,
    ]
}
