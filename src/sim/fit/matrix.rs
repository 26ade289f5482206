//! Symmetric positive definite matrices, small ones.

/// A Cholesky factor: the lower triangle, row by row.
pub(super) struct Cholesky {
    size: usize,
    lower: Vec<f64>,
}

impl Cholesky {
    /// The factor of a full matrix; `None` where it is not positive definite.
    pub(super) fn of(matrix: &[f64], size: usize) -> Option<Self> {
        let mut lower = vec![0.0; size * size];
        for row in 0..size {
            for column in 0..=row {
                let mut sum = *matrix.get(row * size + column)?;
                for k in 0..column {
                    sum -= lower.get(row * size + k)? * lower.get(column * size + k)?;
                }
                let value = if row == column {
                    if sum <= 0.0 {
                        return None;
                    }
                    libm::sqrt(sum)
                } else {
                    sum / lower.get(column * size + column)?
                };
                *lower.get_mut(row * size + column)? = value;
            }
        }
        Some(Self { size, lower })
    }

    pub(super) fn log_determinant(&self) -> f64 {
        (0..self.size).map(|k| 2.0 * libm::log(self.at(k, k))).sum()
    }

    /// The solution of matrix × x = `right`.
    pub(super) fn solve(&self, right: &[f64]) -> Vec<f64> {
        let mut x = right.to_vec();
        for row in 0..self.size {
            let known: f64 = (0..row).map(|k| self.at(row, k) * at(&x, k)).sum();
            set(&mut x, row, (at(right, row) - known) / self.at(row, row));
        }
        for row in (0..self.size).rev() {
            let known: f64 = (row + 1..self.size)
                .map(|k| self.at(k, row) * at(&x, k))
                .sum();
            let value = (at(&x, row) - known) / self.at(row, row);
            set(&mut x, row, value);
        }
        x
    }

    fn at(&self, row: usize, column: usize) -> f64 {
        at(&self.lower, row * self.size + column)
    }
}

fn at(values: &[f64], place: usize) -> f64 {
    values.get(place).copied().unwrap_or(0.0)
}

fn set(values: &mut [f64], place: usize, value: f64) {
    if let Some(slot) = values.get_mut(place) {
        *slot = value;
    }
}
