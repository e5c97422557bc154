/// "Did you mean": the known word nearest to a mistyped one.
public enum Spelling {
    /// The nearest of `words` within an edit distance of a third of the word (at least 2), or nil.
    public static func nearest(to word: String, in words: [String]) -> String? {
        let limit = max(2, word.utf8.count / 3)
        return words.map { ($0, distance(Array(word.utf8), Array($0.utf8))) }
            .filter { $0.1 <= limit }
            .min { ($0.1, $0.0) < ($1.1, $1.0) }?.0
    }

    private static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
        var previous = Array(0...b.count)
        for (i, left) in a.enumerated() {
            var current = [i + 1]
            for (j, right) in b.enumerated() {
                let substitution = previous[j] + (left == right ? 0 : 1)
                current.append(min(substitution, previous[j + 1] + 1, current[j] + 1))
            }
            previous = current
        }
        return previous[b.count]
    }
}
