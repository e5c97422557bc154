/// Sliding windows `[offset + k·slide, offset + k·slide + size)` (R30); tumbling when slide = size.
public struct WindowSpec: Equatable, Hashable, Sendable {
    /// Length in milliseconds.
    public let sizeMs: Int64
    /// Distance of two starts in milliseconds, at most the size.
    public let slideMs: Int64
    /// Where the grid stands, in milliseconds since 1970, 0 ..< slide.
    public let offsetMs: Int64

    /// Makes a grid of windows; nil unless 0 < slide ≤ size, 0 ≤ offset < slide, and a time is in at
    /// most `mostOverlapping` windows.
    public init?(sizeMs: Int64, slideMs: Int64, offsetMs: Int64 = 0) {
        guard slideMs > 0, slideMs <= sizeMs, sizeMs <= Self.longestMs,
            sizeMs / slideMs <= Self.mostOverlapping,
            (0..<slideMs).contains(offsetMs)
        else { return nil }
        self.sizeMs = sizeMs
        self.slideMs = slideMs
        self.offsetMs = offsetMs
    }

    /// The longest window: 366 days.
    public static let longestMs: Int64 = 366 * 86_400_000

    /// How many windows a time may be in.
    public static let mostOverlapping: Int64 = 10_000

    /// Tumbling windows of a minute.
    public static let minute = WindowSpec(unchecked: 60_000)

    private init(unchecked sizeMs: Int64) {
        self.sizeMs = sizeMs
        slideMs = sizeMs
        offsetMs = 0
    }

    var sizeUs: Int64 { sizeMs * 1000 }
    var slideUs: Int64 { slideMs * 1000 }
    var offsetUs: Int64 { offsetMs * 1000 }

    /// The start of the last window that begins at or before a time.
    func lastStart(at timeUs: Int64) -> Int64 {
        offsetUs + floorDivide(timeUs - offsetUs, slideUs) * slideUs
    }

    /// The end of the earliest window that contains a time.
    func earliestEnd(containing timeUs: Int64) -> Int64 {
        offsetUs + (floorDivide(timeUs - offsetUs - sizeUs, slideUs) + 1) * slideUs + sizeUs
    }
}

/// a ÷ b rounded towards −∞, for b > 0.
@inline(__always)
func floorDivide(_ a: Int64, _ b: Int64) -> Int64 {
    let quotient = a / b
    return a % b < 0 ? quotient - 1 : quotient
}
