internal import CBytes
internal import Glibc

/// A worker's product groups. Their three strings are found by their bytes as written (an alias);
/// different spellings, such as escapes or another case of the category, lead to one group.
final class GroupTable {
    /// The strings of a group, for the state that all workers share.
    struct NewGroup {
        var productID: [UInt8]
        var productName: [UInt8]
        var category: [UInt8]
    }

    /// The raw strings of one record, without their quotation marks.
    struct RawProduct: BitwiseCopyable {
        var id: UnsafePointer<UInt8>
        var idCount = 0
        var name: UnsafePointer<UInt8>
        var nameCount = 0
        var category: UnsafePointer<UInt8>
        var categoryCount = 0
    }

    /// Ids of a group and its category in this worker.
    struct IDs: BitwiseCopyable {
        var group: Int32
        var category: Int32
    }

    private struct Alias: BitwiseCopyable {
        var hash: UInt64 = 0
        /// nil marks a free slot.
        var bytes: UnsafeMutablePointer<UInt8>?
        var idCount: UInt16 = 0
        var nameCount: UInt16 = 0
        var categoryCount: UInt16 = 0
        var ids = IDs(group: 0, category: 0)
    }

    /// Longer raw strings are looked up by their unescaped text only.
    private static let maxRawBytes = 1024

    private var aliases: UnsafeMutablePointer<Alias>
    private var mask = 1023
    private var aliasCount = 0
    private let arena = ByteArena()
    private var groups: [[UInt8]: IDs] = [:]
    private var categories: [[UInt8]: Int32] = [:]

    /// Groups made since the last merge, the first with id `mergedGroups`.
    private(set) var newGroups: [NewGroup] = []
    /// Categories made since the last merge.
    private(set) var newCategories: [[UInt8]] = []

    /// How many groups there are.
    var groupCount: Int { groups.count }
    /// How many categories there are.
    var categoryCount: Int { categories.count }

    init() {
        aliases = .allocate(capacity: mask + 1)
        aliases.initialize(repeating: Alias(), count: mask + 1)
    }

    deinit { aliases.deallocate() }

    /// The group of three raw strings that were seen before, or nil.
    @inline(__always)
    func find(_ raw: RawProduct) -> IDs? {
        let hash = Self.hash(raw)
        var index = Int(truncatingIfNeeded: hash) & mask
        while let bytes = aliases[index].bytes {
            let alias = aliases[index]
            if alias.hash == hash, Int(alias.idCount) == raw.idCount,
                Int(alias.nameCount) == raw.nameCount,
                Int(alias.categoryCount) == raw.categoryCount,
                memcmp(bytes, raw.id, raw.idCount) == 0,
                memcmp(bytes + raw.idCount, raw.name, raw.nameCount) == 0,
                memcmp(bytes + raw.idCount + raw.nameCount, raw.category, raw.categoryCount) == 0
            {
                return alias.ids
            }
            index = (index + 1) & mask
        }
        return nil
    }

    /// The group of a valid record; made when it is new.
    func intern(_ raw: RawProduct, productID: [UInt8], productName: [UInt8], category: [UInt8])
        -> IDs
    {
        let cleanCategory = CategoryRule.normalised(category)
        // Control characters can't occur in the strings, so 0 separates them.
        let key = productID + [0] + productName + [0] + cleanCategory
        let ids = groups[key] ?? makeGroup(key, productID, productName, cleanCategory)
        remember(raw, ids)
        return ids
    }

    /// Forgets the lists of new groups and categories, once they are merged.
    func clearNew() {
        newGroups.removeAll(keepingCapacity: true)
        newCategories.removeAll(keepingCapacity: true)
    }

    private func makeGroup(
        _ key: [UInt8], _ productID: [UInt8], _ productName: [UInt8], _ category: [UInt8]
    ) -> IDs {
        let categoryID: Int32
        if let known = categories[category] {
            categoryID = known
        } else {
            categoryID = Int32(categories.count)
            categories[category] = categoryID
            newCategories.append(category)
        }
        let ids = IDs(group: Int32(groups.count), category: categoryID)
        groups[key] = ids
        newGroups.append(
            NewGroup(productID: productID, productName: productName, category: category))
        return ids
    }

    private func remember(_ raw: RawProduct, _ ids: IDs) {
        guard raw.idCount <= Self.maxRawBytes, raw.nameCount <= Self.maxRawBytes,
            raw.categoryCount <= Self.maxRawBytes, find(raw) == nil
        else { return }
        if (aliasCount + 1) * 2 > mask + 1 { grow() }
        let bytes = arena.allocate(raw.idCount + raw.nameCount + raw.categoryCount)
        bytes.update(from: raw.id, count: raw.idCount)
        (bytes + raw.idCount).update(from: raw.name, count: raw.nameCount)
        (bytes + raw.idCount + raw.nameCount).update(
            from: raw.category, count: raw.categoryCount)
        insert(
            Alias(
                hash: Self.hash(raw), bytes: bytes, idCount: UInt16(raw.idCount),
                nameCount: UInt16(raw.nameCount), categoryCount: UInt16(raw.categoryCount),
                ids: ids))
        aliasCount += 1
    }

    private func insert(_ alias: Alias) {
        var index = Int(truncatingIfNeeded: alias.hash) & mask
        while aliases[index].bytes != nil { index = (index + 1) & mask }
        aliases[index] = alias
    }

    private func grow() {
        let old = aliases
        let oldCount = mask + 1
        mask = oldCount * 2 - 1
        aliases = .allocate(capacity: mask + 1)
        aliases.initialize(repeating: Alias(), count: mask + 1)
        for index in 0..<oldCount where old[index].bytes != nil { insert(old[index]) }
        old.deallocate()
    }

    /// Mixes all bytes of the id and the ends of the other two. Reads up to 7 bytes past each.
    @inline(__always)
    private static func hash(_ raw: RawProduct) -> UInt64 {
        let lengths = UInt64(truncatingIfNeeded: raw.nameCount << 16 | raw.categoryCount)
        return mixed(raw.id, raw.idCount)
            ^ cbytes_fold_multiply(
                mixed(raw.name, raw.nameCount) ^ 0xe703_7ed1_a0b4_28db, lengths | 1)
            ^ cbytes_fold_multiply(
                word(raw.category, raw.categoryCount) ^ 0x8ebc_6af0_9c88_c6e3, 0x9e37_79b9_7f4a_7c15
            )
    }

    @inline(__always)
    private static func mixed(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> UInt64 {
        var hash = UInt64(truncatingIfNeeded: count) &* 0x9e37_79b9_7f4a_7c15
        var at = 0
        while at &+ 8 <= count {
            let next = UnsafeRawPointer(bytes + at).loadUnaligned(as: UInt64.self)
            hash = cbytes_fold_multiply(hash ^ next, 0xe703_7ed1_a0b4_28db)
            at &+= 8
        }
        if at < count {
            hash = cbytes_fold_multiply(hash ^ word(bytes + at, count &- at), 0x8ebc_6af0_9c88_c6e3)
        }
        return hash
    }

    /// The first up to eight bytes.
    @inline(__always)
    private static func word(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> UInt64 {
        let all = UnsafeRawPointer(bytes).loadUnaligned(as: UInt64.self)
        return count >= 8 ? all : all & ((1 &<< UInt64(truncatingIfNeeded: count &* 8)) &- 1)
    }
}
