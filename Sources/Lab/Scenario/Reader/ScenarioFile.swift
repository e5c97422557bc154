/// A scenario file, read and resolved.
enum ScenarioFile {
    /// What the command line adds to a file.
    struct Overrides: Equatable, Sendable {
        /// `--param k=v`, later ones win.
        var params: [(name: String, value: String)] = []
        /// `--seed`.
        var seed: Int64?
        /// `--scale`: multiplies orders and durations; rates stay.
        var scale: Double = 1

        static func == (a: Overrides, b: Overrides) -> Bool {
            a.params.map(\.name) == b.params.map(\.name)
                && a.params.map(\.value) == b.params.map(\.value) && a.seed == b.seed
                && a.scale == b.scale
        }
    }

    /// One cell of the matrix; a file without a matrix has one cell without axes.
    struct Cell: Equatable, Sendable {
        /// Axis name and the value as text, in the order of the file.
        var axes: [Axis]
        var scenario: Scenario

        /// `rate=1000,workers=2`; empty without a matrix.
        var label: String { axes.map { "\($0.name)=\($0.value)" }.joined(separator: ",") }
    }

    struct Axis: Equatable, Sendable {
        var name: String
        var value: String
    }
}
