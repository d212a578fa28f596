//! Rows in columns, for people.

use comfy_table::{CellAlignment, Table, presets};

/// The cells in columns: words to the left, figures to the right. The first row is the head.
#[must_use]
pub fn aligned<const N: usize>(rows: &[[String; N]]) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).add_rows(rows);
    let is_digit = |c: char| c.is_ascii_digit() || matches!(c, '.' | '/');
    for (index, column) in table.column_iter_mut().enumerate() {
        column.set_padding((0, 2));
        let mut cells = rows.iter().skip(1).map(|row| &row[index]);
        if cells.all(|cell| {
            cell.starts_with(|c: char| c.is_ascii_digit()) && cell.chars().all(is_digit)
        }) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    format!("{}\n", table.trim_fmt())
}
