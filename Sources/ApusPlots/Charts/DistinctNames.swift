extension [String] {
    /// The names, with a number behind each one that came before: bars, rows and curves of the same name would
    /// otherwise be taken for one.
    func distinct(from taken: Set<String> = []) -> [String] {
        var seen = taken
        return map { name in
            var result = name
            var number = 2
            while !seen.insert(result).inserted {
                result = "\(name) (\(number))"
                number += 1
            }
            return result
        }
    }
}
