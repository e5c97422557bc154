/// The words and prices that the catalogue is made of.
struct Vocabulary {
    /// A category: the things it sells, and the range of their prices in cents.
    struct Category {
        let name: String
        let nouns: [String]
        let priceCents: ClosedRange<Int>
    }

    static let qualifiers = [
        "Premium", "Classic", "Pro", "Lite", "Max", "Mini", "Ultra", "Eco", "Deluxe", "Essential",
        "Compact", "Signature",
    ]

    static let categories = [
        Category(
            name: "Electronics",
            nouns: [
                "Smart Watch", "Wireless Headphones", "Bluetooth Speaker", "Tablet", "Webcam",
                "Action Camera", "Power Bank", "Mechanical Keyboard",
            ], priceCents: 1_999...149_999),
        Category(
            name: "Clothing",
            nouns: [
                "T-Shirt", "Denim Jacket", "Wool Sweater", "Rain Coat", "Chino Trousers",
                "Linen Shirt", "Winter Gloves", "Summer Dress",
            ], priceCents: 999...24_999),
        Category(
            name: "Home & Kitchen",
            nouns: [
                "Coffee Maker", "Blender", "Desk Lamp", "Cookware Set", "Air Fryer",
                "Bed Sheet Set", "Vacuum Cleaner", "Knife Block",
            ], priceCents: 1_499...59_999),
        Category(
            name: "Books",
            nouns: [
                "Novel", "Cookbook", "Travel Guide", "Biography", "Picture Book", "Dictionary",
                "Textbook", "Poetry Collection",
            ], priceCents: 499...7_999),
        Category(
            name: "Sports",
            nouns: [
                "Running Shoes", "Yoga Mat", "Dumbbell Set", "Cycling Helmet", "Tennis Racket",
                "Hiking Backpack", "Swim Goggles", "Football",
            ], priceCents: 899...39_999),
        Category(
            name: "Beauty",
            nouns: [
                "Face Cream", "Shampoo", "Perfume", "Lipstick", "Hair Dryer", "Sunscreen",
                "Nail Kit", "Bath Set",
            ], priceCents: 399...14_999),
        Category(
            name: "Toys",
            nouns: [
                "Building Blocks", "Board Game", "Puzzle", "Remote Control Car", "Doll House",
                "Plush Bear", "Science Kit", "Train Set",
            ], priceCents: 599...19_999),
        Category(
            name: "Grocery",
            nouns: [
                "Olive Oil", "Green Tea", "Dark Chocolate", "Ground Coffee", "Honey", "Pasta",
                "Almonds", "Spice Rack",
            ], priceCents: 149...4_999),
        Category(
            name: "Garden",
            nouns: [
                "Garden Hose", "Lawn Mower", "Plant Pot", "Pruning Shears", "Patio Chair",
                "Bird Feeder", "Solar Lantern", "Compost Bin",
            ], priceCents: 699...69_999),
        Category(
            name: "Automotive",
            nouns: [
                "Car Vacuum", "Dash Camera", "Tyre Inflator", "Seat Cover", "Phone Mount",
                "Jump Starter", "Floor Mats", "Roof Box",
            ], priceCents: 1_299...79_999),
        Category(
            name: "Office",
            nouns: [
                "Office Chair", "Notebook", "Fountain Pen", "Paper Shredder", "Whiteboard",
                "Monitor Stand", "Label Printer", "Desk Organizer",
            ], priceCents: 299...49_999),
        Category(
            name: "Pet Supplies",
            nouns: [
                "Dog Bed", "Cat Tree", "Aquarium", "Pet Carrier", "Chew Toy", "Water Fountain",
                "Bird Cage", "Grooming Kit",
            ], priceCents: 499...29_999),
    ]
}
