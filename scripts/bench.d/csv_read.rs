//! The reference of `scripts/bench backtest`: reads a CSV file record by record and does nothing.

#![allow(
    clippy::unwrap_used,
    reason = "a reference that cannot go on should fail"
)]

use std::env;

fn main() {
    let path = env::args_os().nth(1).unwrap();
    let mut reader = csv::Reader::from_path(path).unwrap();
    let mut record = csv::ByteRecord::new();
    let mut rows = 0_u64;
    while reader.read_byte_record(&mut record).unwrap() {
        rows += 1;
    }
    assert!(rows > 0);
}
