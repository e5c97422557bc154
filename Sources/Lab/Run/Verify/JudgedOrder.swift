internal import Verifier

// Two modules have a type of this name; here the verifier's gets another one.

/// One order of the history as the verifier takes it.
typealias JudgedOrder = HistoryEntry
