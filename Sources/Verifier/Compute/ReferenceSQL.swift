/// The files of the folder `Reference`.
enum ReferenceSQL: String, CaseIterable {
    case schema, boundsRecord, boundsBatch, behindRecord, behindBatch, markBehind, cells,
        windowSums, latePairs
    case lateRecords, windows, orderSums, topProducts, categories, totals, priceBands, hours
    case weekdays, rejects, latestOrders, highs

    /// The file's text.
    var text: String {
        let bytes =
            switch self {
            case .schema: PackageResources.schema_sql
            case .boundsRecord: PackageResources.bounds_record_sql
            case .boundsBatch: PackageResources.bounds_batch_sql
            case .behindRecord: PackageResources.behind_record_sql
            case .behindBatch: PackageResources.behind_batch_sql
            case .markBehind: PackageResources.mark_behind_sql
            case .cells: PackageResources.cells_sql
            case .windowSums: PackageResources.window_sums_sql
            case .latePairs: PackageResources.late_pairs_sql
            case .lateRecords: PackageResources.late_records_sql
            case .windows: PackageResources.windows_sql
            case .orderSums: PackageResources.order_sums_sql
            case .topProducts: PackageResources.top_products_sql
            case .categories: PackageResources.categories_sql
            case .totals: PackageResources.totals_sql
            case .priceBands: PackageResources.price_bands_sql
            case .hours: PackageResources.hours_sql
            case .weekdays: PackageResources.weekdays_sql
            case .rejects: PackageResources.rejects_sql
            case .latestOrders: PackageResources.latest_orders_sql
            case .highs: PackageResources.highs_sql
            }
        return String(decoding: bytes, as: UTF8.self)
    }
}
