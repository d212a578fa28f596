//! Rows in columns, for people.

/// The cells in columns: words to the left, figures to the right. The first row is the head.
pub(crate) fn aligned<const N: usize>(rows: &[[String; N]]) -> String {
    let width = |column: usize| {
        let cells = rows.iter().map(|row| row[column].chars().count());
        cells.max().unwrap_or_default()
    };
    let is_figure = |column: usize| {
        let mut cells = rows.iter().skip(1).map(|row| &row[column]);
        let is_digit = |c: char| c.is_ascii_digit() || matches!(c, '.' | '/');
        cells.all(|cell| {
            cell.starts_with(|c: char| c.is_ascii_digit()) && cell.chars().all(is_digit)
        })
    };
    let layout: Vec<_> = (0..N)
        .map(|column| (width(column), is_figure(column)))
        .collect();
    rows.iter()
        .map(|row| {
            let cells = row.iter().zip(&layout).map(|(cell, (width, is_figure))| {
                if *is_figure {
                    format!("{cell:>width$}")
                } else {
                    format!("{cell:<width$}")
                }
            });
            let line = cells.collect::<Vec<_>>().join("  ");
            format!("{}\n", line.trim_end())
        })
        .collect()
}
