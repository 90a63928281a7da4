/** The eigenvalues of a symmetric matrix, in no order, and its eigenvectors as the columns of `vectors`. */
export interface SymmetricEigen {
  values: number[]
  vectors: number[][]
}

/** Eigenvalues and eigenvectors of a small symmetric matrix by Jacobi's rotations (G. H. Golub and C. F. Van Loan, "Matrix Computations", section 8.5). */
export function symmetricEigen(matrix: readonly (readonly number[])[]): SymmetricEigen {
  const size = matrix.length
  const a = matrix.map((row) => [...row])
  const vectors = a.map((_, i) => a.map((_, j) => (i === j ? 1 : 0)))
  for (let sweep = 0; sweep < 60; sweep++) {
    let moved = false
    for (let p = 0; p < size; p++) {
      for (let q = p + 1; q < size; q++) {
        const off = a[p]![q]!
        if (Math.abs(off) <= 1e-17 * Math.sqrt(Math.abs(a[p]![p]! * a[q]![q]!)) || off === 0) continue
        moved = true
        const theta = (a[q]![q]! - a[p]![p]!) / (2 * off)
        const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.hypot(1, theta))
        const c = 1 / Math.hypot(1, t)
        rotateColumns(a, p, q, c, t * c)
        rotateRows(a, p, q, c, t * c)
        a[p]![q] = 0
        a[q]![p] = 0
        rotateColumns(vectors, p, q, c, t * c)
      }
    }
    if (!moved) break
  }
  return { values: a.map((row, i) => row[i]!), vectors }
}

function rotateColumns(a: number[][], p: number, q: number, c: number, s: number): void {
  for (const row of a) {
    const [x, y] = [row[p]!, row[q]!]
    row[p] = c * x - s * y
    row[q] = s * x + c * y
  }
}

function rotateRows(a: number[][], p: number, q: number, c: number, s: number): void {
  const [x, y] = [a[p]!, a[q]!]
  a[p] = x.map((value, i) => c * value - s * y[i]!)
  a[q] = x.map((value, i) => s * value + c * y[i]!)
}
