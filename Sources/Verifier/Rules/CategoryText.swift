/// Cleans a category (R25): surrounding spaces removed, runs of spaces become one, each ASCII letter
/// at the start or after a space upper case, other ASCII letters lower case, other bytes untouched.
///
/// - Parameter cleaned: must take as many bytes as `text` has.
/// - Returns: how many bytes were written.
func cleanCategory(
    _ text: UnsafeRawBufferPointer, into cleaned: UnsafeMutableRawBufferPointer
) -> Int {
    var count = 0
    var isWordStart = true
    for byte in text {
        if byte == UInt8(ascii: " ") {
            isWordStart = true
            continue
        }
        // A pending space is written only before the next word: none at the start, none at the end.
        if isWordStart, count > 0 {
            cleaned[count] = UInt8(ascii: " ")
            count += 1
        }
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z") where isWordStart:
            cleaned[count] = byte - 0x20
        case UInt8(ascii: "A")...UInt8(ascii: "Z") where !isWordStart:
            cleaned[count] = byte + 0x20
        default: cleaned[count] = byte
        }
        count += 1
        isWordStart = false
    }
    return count
}
