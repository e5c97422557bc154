import ASEEDSystem

/// Waits until a condition holds.
///
/// - Returns: whether it did within the time.
func eventually(withinMs limitMs: Int64 = 10_000, _ condition: () -> Bool) -> Bool {
    let deadlineNs = SystemClock.monotonicNs() + limitMs * 1_000_000
    let pause = ConditionLock(())
    while !condition() {
        let nowNs = SystemClock.monotonicNs()
        guard nowNs < deadlineNs else { return condition() }
        _ = pause.wait(untilNs: nowNs + 2_000_000) { _ -> Void? in nil }
    }
    return true
}

/// A monotonic time so many milliseconds ahead.
func deadline(inMs ms: Int64) -> Int64 { SystemClock.monotonicNs() + ms * 1_000_000 }
