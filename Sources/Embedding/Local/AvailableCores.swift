import FoundationEssentials

/// Cores this process may use; fewer than the machine has where it is bound to some of them.
func availableCores() -> Int { max(1, ProcessInfo.processInfo.activeProcessorCount) }
