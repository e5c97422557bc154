/// The page at `/`: where the API is.
enum HomePage {
    static let html = Array(
        """
        <!doctype html>
        <html lang="en">
        <head><meta charset="utf-8"><title>ASEED dashboard</title></head>
        <body>
        <h1>ASEED dashboard</h1>
        <p>The analytics of the order stream, as JSON:</p>
        <ul>
        <li><a href="/api/analytics">/api/analytics</a> — the latest results</li>
        <li><a href="/api/service-status">/api/service-status</a> — the services</li>
        <li><a href="/api/published">/api/published</a> — every accepted result of the latest run</li>
        <li><a href="/api/epoch">/api/epoch</a> — the highest epoch seen</li>
        <li><a href="/healthz">/healthz</a> — whether this service works</li>
        <li><code>/ws</code> — a WebSocket: a snapshot, then each update</li>
        </ul>
        <p>Engines post to <code>/api/top_products</code>, <code>/api/categories</code>,
        <code>/api/raw_orders</code> and <code>/api/windows</code>, with a bearer token.</p>
        </body>
        </html>

        """.utf8)
}
