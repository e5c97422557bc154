/// Our own files of the page, as the build has put them into the program.
enum PageFiles {
    static var index: [UInt8] { PackageResources.index_html }

    /// Name under `/static/`, content type, bytes.
    static var all: [(name: String, contentType: String, bytes: [UInt8])] {
        let script = StaticFiles.script
        return [
            ("page.css", StaticFiles.style, PackageResources.page_css),
            ("icon.svg", "image/svg+xml", PackageResources.icon_svg),
            ("theme.js", script, PackageResources.theme_js),
            ("main.js", script, PackageResources.main_js),
            ("dom.js", script, PackageResources.dom_js),
            ("exact.js", script, PackageResources.exact_js),
            ("format.js", script, PackageResources.format_js),
            ("model.js", script, PackageResources.model_js),
            ("connection.js", script, PackageResources.connection_js),
            ("header.js", script, PackageResources.header_js),
            ("figures.js", script, PackageResources.figures_js),
            ("charts.js", script, PackageResources.charts_js),
            ("windows.js", script, PackageResources.windows_js),
            ("lists.js", script, PackageResources.lists_js),
            ("services.js", script, PackageResources.services_js),
        ]
    }
}
