import ApusCore

extension ModelArchive {
    /// Stores a matrix in the smallest form that reads back to the same bits: bytes into a table of at most 256 values,
    /// 32-bit numbers, or 64-bit numbers.
    mutating func store(packing matrix: Matrix, as name: String) {
        var places: [UInt64: UInt8] = [:]
        var table: [Double] = []
        var codes: [UInt8] = []
        codes.reserveCapacity(matrix.values.count)
        // Neighbours are often alike.
        var last: (bits: UInt64, code: UInt8)?
        for value in matrix.values {
            if let last, last.bits == value.bitPattern {
                codes.append(last.code)
                continue
            }
            if places[value.bitPattern] == nil {
                if table.count == 256 { break }
                places[value.bitPattern] = UInt8(table.count)
                table.append(value)
            }
            guard let code = places[value.bitPattern] else { break }
            codes.append(code)
            last = (value.bitPattern, code)
        }
        let shape = [matrix.rows, matrix.columns]
        if codes.count == matrix.values.count, codes.count > 8 * table.count,
            let tensor = try? Tensor(shape: shape, values: .uint8(codes))
        {
            store(
                ModelArchive(tensors: ["values": tensor, "table": Tensor(.float64(table))]), under: name)
        } else if matrix.values.allSatisfy({ Double(Float($0)) == $0 }),
            let tensor = try? Tensor(shape: shape, values: .float32(matrix.values.map { Float($0) }))
        {
            store(ModelArchive(tensors: ["values": tensor]), under: name)
        } else {
            store(ModelArchive(tensors: ["values": Tensor(matrix)]), under: name)
        }
    }

    /// A matrix that was stored packed, of the given shape.
    func packedMatrix(_ name: String, rows: Int, columns: Int) throws -> Matrix {
        let archive = part(name)
        let tensor = try archive.tensor("values", shape: [rows, columns])
        let values: [Double]
        switch tensor.values {
        case .uint8(let codes):
            let table = try archive.doubles("table")
            guard codes.allSatisfy({ Int($0) < table.count }) else {
                throw damaged("tensor “\(name)” points beyond its table")
            }
            values = codes.map { table[Int($0)] }
        case .float32(let small): values = small.map { Double($0) }
        case .float64(let large): values = large
        default: throw damaged("tensor “\(name)” does not hold numbers of a kind that is known here")
        }
        guard FiniteKernel.allFinite(values) else {
            throw damaged("tensor “\(name)” holds values that are not finite")
        }
        return Matrix(rows: rows, columns: columns, values: values)
    }
}
