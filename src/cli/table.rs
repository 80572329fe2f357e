//! Aligned columns for people; Han characters count two places.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// How a column is aligned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// Text.
    Left,
    /// Numbers.
    Right,
}

/// Rows under a header.
#[derive(Debug)]
pub struct Table {
    align: Vec<Align>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with these columns.
    pub fn new(header: &[(&str, Align)]) -> Self {
        let names = header.iter().map(|(name, _)| (*name).to_string()).collect();
        Table { align: header.iter().map(|(_, align)| *align).collect(), rows: vec![names] }
    }

    /// Adds a row; as many cells as columns.
    pub fn row(&mut self, cells: Vec<String>) {
        assert_eq!(cells.len(), self.align.len(), "a cell for each column");
        self.rows.push(cells);
    }

    /// Whether there is nothing under the header.
    pub fn is_empty(&self) -> bool {
        self.rows.len() == 1
    }

    /// The lines, indented by two.
    pub fn render(&self) -> String {
        let width = |column: usize| self.rows.iter().map(|row| row[column].width()).max().unwrap_or(0);
        let widths: Vec<usize> = (0..self.align.len()).map(width).collect();
        let mut out = String::new();
        for row in &self.rows {
            let mut line = String::from("  ");
            for ((cell, width), align) in row.iter().zip(&widths).zip(&self.align) {
                let gap = " ".repeat(width - cell.width());
                let text = if *align == Align::Left { format!("{cell}{gap}") } else { format!("{gap}{cell}") };
                line.push_str(&text);
                line.push_str("  ");
            }
            out.push_str(line.trim_end());
            out.push('\n');
        }
        out
    }
}

/// A whole number with thousands separated.
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A bar of up to `width` places for a share of 0 to 1; anything above nothing shows.
pub fn bar(share: f64, width: usize) -> String {
    let eighths = (share.clamp(0.0, 1.0) * width as f64 * 8.0).round() as usize;
    let eighths = if share > 0.0 { eighths.max(1) } else { 0 };
    let part = [" ", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths % 8];
    format!("{}{}", "█".repeat(eighths / 8), part.trim_end())
}

/// The text, cut to `width` places with an ellipsis where it is longer.
pub fn clip(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut places = 0;
    for letter in text.chars() {
        places += letter.width().unwrap_or(0);
        if places >= width {
            break;
        }
        out.push(letter);
    }
    out + "…"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_with_han_characters() {
        let mut table = Table::new(&[("name", Align::Left), ("n", Align::Right)]);
        table.row(vec!["张伟".into(), "5".into()]);
        table.row(vec!["ann".into(), "12".into()]);
        assert_eq!((clip("张伟", 4), clip("张伟丽", 5), clip("anna", 3)), ("张伟".into(), "张伟…".into(), "an…".into()));
        assert_eq!(table.render(), "  name   n\n  张伟   5\n  ann   12\n");
        assert_eq!((count(1_234_567), count(12)), ("1,234,567".into(), "12".into()));
        assert_eq!((bar(0.5, 4), bar(0.0001, 4), bar(0.0, 4)), ("██".into(), "▏".into(), "".into()));
    }
}
