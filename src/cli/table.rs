//! Aligned columns for people; Han characters count two places. On a terminal too narrow for a table its widest texts are shortened.

use std::io::IsTerminal;
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
        self.rows.push(cells.into_iter().map(|cell| visible(&cell)).collect());
    }

    /// Whether there is nothing under the header.
    pub fn is_empty(&self) -> bool {
        self.rows.len() == 1
    }

    /// The lines, indented by two.
    pub fn render(&self) -> String {
        let terminal = std::io::stdout().is_terminal().then(terminal_size::terminal_size).flatten();
        self.render_within(terminal.map_or(usize::MAX, |(width, _)| usize::from(width.0)))
    }

    fn render_within(&self, places: usize) -> String {
        let width = |column: usize| self.rows.iter().map(|row| row[column].width()).max().unwrap_or(0);
        let mut widths: Vec<usize> = (0..self.align.len()).map(width).collect();
        let mut needed = widths.iter().sum::<usize>() + 2 * widths.len();
        // Numbers are never cut, nor are names of columns.
        let least = |column: usize| {
            if self.align[column] == Align::Left { self.rows[0][column].width().max(SHORTENED_WIDTH_MIN) } else { usize::MAX }
        };
        while needed > places
            && let Some(widest) = (0..widths.len()).filter(|column| widths[*column] > least(*column)).max_by_key(|column| widths[*column])
        {
            widths[widest] -= 1;
            needed -= 1;
        }
        let mut out = String::new();
        for row in &self.rows {
            let mut line = String::from("  ");
            for ((cell, width), align) in row.iter().zip(&widths).zip(&self.align) {
                let cell = clip(cell, *width);
                let gap = " ".repeat(width.saturating_sub(cell.width()));
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

/// Places to which texts are shortened at most.
const SHORTENED_WIDTH_MIN: usize = 8;

/// The text with control characters, and those that turn the direction of writing, written out: a value must not move the cursor or
/// show itself as another one.
pub fn visible(text: &str) -> String {
    let turns = |letter: char| matches!(letter, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text.chars()
        .flat_map(|letter| if letter.is_control() || turns(letter) { letter.escape_unicode().collect() } else { vec![letter] })
        .collect()
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

/// Bars of up to `width` places for a share of -1 to 1: to the left of a line for what speaks against, to the right for what speaks for.
pub fn bars(share: f64, width: usize) -> [String; 2] {
    match share < 0.0 {
        true => [format!("{}|", "▒".repeat((-share * width as f64).ceil() as usize)), String::new()],
        false => ["|".into(), bar(share, width)],
    }
}

/// A probability that may be small.
pub fn small(probability: f64) -> String {
    if probability >= 0.001 { format!("{probability:.4}") } else { format!("{probability:.1e}") }
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
        table.row(vec!["a\u{202e}b\u{7}".into(), "7".into()]);
        assert_eq!(table.rows[3][0], "a\\u{202e}b\\u{7}");
        assert_eq!(table.render_within(17), "  name          n\n  张伟          5\n  ann          12\n  a\\u{202e}b…   7\n");
        assert_eq!(table.render_within(1).lines().map(|line| line.width()).max(), Some(14), "no narrower than the least");
        assert_eq!((count(1_234_567), count(12)), ("1,234,567".into(), "12".into()));
        assert_eq!((bar(0.5, 4), bar(0.0001, 4), bar(0.0, 4)), ("██".into(), "▏".into(), "".into()));
    }
}
